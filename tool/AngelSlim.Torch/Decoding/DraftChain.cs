using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Layers;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>Proposes one token after the other.</summary>
/// <param name="draft">Borrowed.</param>
/// <param name="tokens">Length of the chain, at least 1; not shortened near the limit, as in vLLM.</param>
/// <param name="sampling">Draws each token by the draft's own probabilities; null: the draft's best.</param>
internal sealed class DraftChain(Eagle3Draft draft, int tokens, Sampling? sampling = null) : IDrafter
{
    private readonly DraftReader _reader = new(draft);

    /// <inheritdoc/>
    public IReadOnlyList<int> HiddenLayers => draft.Config.HiddenLayers;

    /// <inheritdoc/>
    public IReadOnlyList<DraftTree> Propose(IReadOnlyList<GrowingText> texts)
    {
        using var scope = NewDisposeScope();
        var step = _reader.Begin(texts);
        var kept = texts.Select(text => text.Draft.Length).ToList();
        var parts = texts.Select(text => new TextPart(text.Draft, Tokens: 1)).ToList();
        var drafted = texts.Select(_ => new List<long>()).ToList();
        var drawn = texts.Select(_ => new List<DraftProbabilities>()).ToList();
        for (var j = 0; j < tokens; j++)
        {
            step = j is 0 ? step : _reader.Next(step, drafted.Select(text => text[^1]), parts);
            var words = sampling is null ? Best(_reader.Scores(step)) : Drawn(_reader.Scores(step), texts, drawn);
            for (var i = 0; i < texts.Count; i++)
            {
                drafted[i].Add(draft.Vocabulary.ToTarget(words[i]));
            }
        }

        for (var i = 0; i < texts.Count; i++)
        {
            texts[i].Draft.Truncate(kept[i]);
        }

        return [.. drafted.Zip(drawn, (text, from) => DraftTree.Chain(text) with { Drawn = from })];
    }

    private static long[] Best(Tensor scores_NW) => scores_NW.argmax(-1).cpu().data<long>().ToArray();

    private long[] Drawn(Tensor scores_NW, IReadOnlyList<GrowingText> texts, List<List<DraftProbabilities>> drawn)
    {
        var shares = sampling!.Rows(scores_NW);
        for (var i = 0; i < texts.Count; i++)
        {
            drawn[i].Add(new DraftProbabilities(draft.Vocabulary.Words, shares[i], Sampling.Draw(shares[i], texts[i].Random.Share())));
        }

        return [.. drawn.Select(text => (long)text[^1].Drawn)];
    }
}
