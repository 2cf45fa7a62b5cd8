using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>The gated feed-forward part of a decoder layer: <c>down(silu(gate(x)) · up(x))</c>.</summary>
internal sealed class GatedMlp(Projection gate, Projection up, Projection down)
{
    /// <summary>Works on each token by itself.</summary>
    /// <param name="hidden">Any shape that ends in D.</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return down.Apply(nn.functional.silu(gate.Apply(hidden)) * up.Apply(hidden)).MoveToOuterDisposeScope();
    }
}
