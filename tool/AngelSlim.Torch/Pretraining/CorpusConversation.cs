namespace AngelSlim.Torch.Pretraining;

/// <summary>A generated conversation: question and answer in turn, question first.</summary>
/// <param name="Topic">What kind it is: <c>story</c>, <c>sum</c>, ….</param>
/// <param name="Turns">Even places ask, odd places answer; as many of both.</param>
internal sealed record CorpusConversation(string Topic, params IReadOnlyList<string> Turns)
{
    /// <summary>What is asked, in order.</summary>
    public IEnumerable<string> Questions => Turns.Where((_, place) => place % 2 == 0);
}
