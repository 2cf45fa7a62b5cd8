namespace AngelSlim.Torch.Pretraining;

/// <summary>What the trained target is asked: prompts to judge drafts by, and questions to train them on.</summary>
/// <param name="Prompts">No two begin with the same question: only their first is asked.</param>
/// <param name="Training">None asks, at any turn, what a prompt asks. Some ask the same: topics with few questions keep their share.</param>
internal sealed record Questions(IReadOnlyList<CorpusConversation> Prompts, IReadOnlyList<CorpusConversation> Training)
{
    /// <summary>Draws the prompts, then the rest.</summary>
    public static Questions Draw(Corpus corpus, int prompts, int training)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var drawnPrompts = Take(prompts, conversation => asked.Add(conversation.Questions.First()));
        return new(drawnPrompts, Take(training, conversation => !conversation.Questions.Any(asked.Contains)));

        CorpusConversation[] Take(int count, Func<CorpusConversation, bool> wanted) =>
            [.. Enumerable.Repeat(corpus, int.MaxValue).Select(each => each.Next()).Where(wanted).Take(count)];
    }
}
