using AngelSlim.Torch.Tensors;
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
        var (gate_BTF, up_BTF) = (gate.Apply(hidden), up.Apply(hidden));
        var inner_BTF = FewRows.ServesGate(gate_BTF, up_BTF) ? FewRows.Gated(gate_BTF, up_BTF) : nn.functional.silu(gate_BTF) * up_BTF;
        return down.Apply(inner_BTF).MoveToOuterDisposeScope();
    }
}
