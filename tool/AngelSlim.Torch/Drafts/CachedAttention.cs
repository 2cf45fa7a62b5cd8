using AngelSlim.Torch.Layers;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>Attention of a draft that decodes: every row sees itself and the rows of its text before it, or what a tree lets it see.</summary>
/// <param name="texts">Whose rows they are, in their order; the caches have one layer.</param>
internal sealed class CachedAttention(IReadOnlyList<TextPart> texts) : IDraftAttention
{
    /// <inheritdoc/>
    public Tensor Attend(Tensor q_BTHC, Tensor k_BTKC, Tensor v_BTKC)
    {
        using var scope = NewDisposeScope();
        return TextAttention.Of(texts, layer: 0, q_BTHC.transpose(1, 2), k_BTKC.transpose(1, 2), v_BTKC.transpose(1, 2), window: null)
            .transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }
}
