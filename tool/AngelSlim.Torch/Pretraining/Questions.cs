namespace AngelSlim.Torch.Pretraining;

/// <summary>What the trained target is asked: prompts to judge drafts by, and questions to train them on.</summary>
/// <param name="Prompts">No two ask the same.</param>
/// <param name="Training">None asks what a prompt asks. Some ask the same: topics with few questions keep their share.</param>
internal sealed record Questions(IReadOnlyList<CorpusConversation> Prompts, IReadOnlyList<CorpusConversation> Training)
{
    /// <summary>Draws the prompts, then the rest.</summary>
    public static Questions Draw(Corpus corpus, int prompts, int training)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var drawnPrompts = Take(prompts, conversation => asked.Add(Asked(conversation)));
        return new(drawnPrompts, Take(training, conversation => !asked.Contains(Asked(conversation))));

        CorpusConversation[] Take(int count, Func<CorpusConversation, bool> wanted) =>
            [.. Enumerable.Repeat(corpus, int.MaxValue).Select(each => each.Next()).Where(wanted).Take(count)];
    }

    private static string Asked(CorpusConversation conversation) => string.Join('\n', conversation.Questions);
}
