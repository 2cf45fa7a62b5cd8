using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>The gated feed-forward part of a decoder layer: <c>down(silu(gate(x)) · up(x))</c>.</summary>
/// <param name="gate">D to F.</param>
/// <param name="up">D to F.</param>
/// <param name="down">F to D.</param>
public sealed class GatedMlp(Projection gate, Projection up, Projection down) : IMlp
{
    /// <inheritdoc/>
    public Tensor Apply(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return down.Apply(nn.functional.silu(gate.Apply(hidden)) * up.Apply(hidden)).MoveToOuterDisposeScope();
    }
}
