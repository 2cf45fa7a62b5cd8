using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>A decoder layer with norms before its two parts: <c>x + attention(norm(x))</c>, then <c>x + mlp(norm(x))</c>.</summary>
internal sealed class DecoderLayer(RmsNorm attentionNorm, Attention attention, RmsNorm mlpNorm, GatedMlp mlp)
{
    /// <summary>Passes the residual stream on.</summary>
    /// <param name="hidden_BTD">The stream before the layer.</param>
    /// <param name="layer">The cache's layer, 0-based.</param>
    /// <param name="call">What the layers share.</param>
    /// <returns>The stream behind it, [B, T, D].</returns>
    public Tensor Apply(Tensor hidden_BTD, int layer, AttentionCall call)
    {
        using var scope = NewDisposeScope();
        var between_BTD = hidden_BTD.Plus(attention.Apply(attentionNorm.Apply(hidden_BTD), layer, call));
        return between_BTD.Plus(mlp.Apply(mlpNorm.Apply(between_BTD))).MoveToOuterDisposeScope();
    }
}
