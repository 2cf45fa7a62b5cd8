using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Layers;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>Proposes the likeliest paths of a tree that the draft grows level by level, as EAGLE-2 does (arXiv 2406.16858; <c>topK_genrate</c> in EAGLE's <c>cnets.py</c>).</summary>
/// <param name="draft">Borrowed.</param>
/// <param name="shape">How large the tree gets.</param>
internal sealed class DraftTreeGrowth(Eagle3Draft draft, TreeSettings shape) : IDrafter
{
    private readonly DraftReader _reader = new(draft);

    /// <inheritdoc/>
    public IReadOnlyList<int> HiddenLayers => draft.Config.HiddenLayers;

    /// <inheritdoc/>
    public IReadOnlyList<DraftTree> Propose(IReadOnlyList<GrowingText> texts)
    {
        using var scope = NewDisposeScope();
        var width = Math.Min(shape.TopK, draft.Vocabulary.Count);
        var step = _reader.Begin(texts);
        var kept = texts.Select(text => text.Draft.Length).ToList();
        var trees = texts.Select(_ => new TreeCandidates(width)).ToList();
        Extend(trees, step);
        for (var depth = 2; depth <= shape.Depth; depth++)
        {
            // A proposed word is read with the state that its parent handed on.
            var rows = (int)step.Normed_BTD.shape[1] / texts.Count;
            var origins = trees.SelectMany((tree, i) => tree.Origins.Select(origin => ((long)i * rows) + origin)).ToList();
            var parts = trees.Select((tree, i) => new TextPart(texts[i].Draft, tree.Frontier.Count) { Sight = tree.Sight(kept[i], step.Normed_BTD.device) }).ToList();
            step = _reader.Next(step.Rows(origins), trees.SelectMany(tree => tree.Frontier).Select(draft.Vocabulary.ToTarget), parts);
            Extend(trees, step);
        }

        for (var i = 0; i < texts.Count; i++)
        {
            texts[i].Draft.Truncate(kept[i]);
        }

        return [.. trees.Select(tree => tree.Best(shape.Tokens, draft.Vocabulary))];
    }

    private void Extend(List<TreeCandidates> trees, DraftStep step)
    {
        using var scope = NewDisposeScope();
        var (logs_NW, words_NW) = _reader.Scores(step).to(float32).log_softmax(-1).topk(trees[0].Width);
        var (logs, words) = (logs_NW.cpu().contiguous().data<float>().ToArray(), words_NW.cpu().contiguous().data<long>().ToArray());
        foreach (var (tree, i) in trees.Select((tree, i) => (tree, i)))
        {
            var each = logs.Length / trees.Count;
            tree.Extend(words.AsSpan(i * each, each), logs.AsSpan(i * each, each));
        }
    }
}
