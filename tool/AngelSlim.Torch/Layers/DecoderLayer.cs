using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>A layer of a decoder.</summary>
public interface IDecoderLayer
{
    /// <summary>Passes the residual stream on.</summary>
    /// <param name="hidden_BTD">The stream before the layer; the caller's, also afterwards.</param>
    /// <param name="layer">The cache's layer, 0-based.</param>
    /// <param name="call">What the layers share.</param>
    /// <returns>The stream behind it, [B, T, D], in the caller's dispose scope; nothing else is left there.</returns>
    Tensor Apply(Tensor hidden_BTD, int layer, AttentionCall call);
}

/// <summary>The part of a decoder layer that works on each token by itself.</summary>
public interface IMlp
{
    /// <summary>Works on each token by itself.</summary>
    /// <param name="hidden">Any shape that ends in D.</param>
    /// <returns>The same shape.</returns>
    Tensor Apply(Tensor hidden);
}

/// <summary>A decoder layer with norms before its two parts: <c>x + attention(norm(x))</c>, then <c>x + mlp(norm(x))</c>.</summary>
/// <param name="attentionNorm">Before the attention.</param>
/// <param name="attention">The part that looks at other tokens.</param>
/// <param name="mlpNorm">Before the MLP.</param>
/// <param name="mlp">The part that does not.</param>
public sealed class DecoderLayer(RmsNorm attentionNorm, Attention attention, RmsNorm mlpNorm, IMlp mlp) : IDecoderLayer
{
    /// <inheritdoc/>
    public Tensor Apply(Tensor hidden_BTD, int layer, AttentionCall call)
    {
        using var scope = NewDisposeScope();
        var between_BTD = hidden_BTD.Plus(attention.Apply(attentionNorm.Apply(hidden_BTD), layer, call));
        return between_BTD.Plus(mlp.Apply(mlpNorm.Apply(between_BTD))).MoveToOuterDisposeScope();
    }
}
