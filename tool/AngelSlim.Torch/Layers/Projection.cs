using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>A matrix and perhaps a bias, applied to the last axis.</summary>
public sealed class Projection
{
    private readonly Tensor _weight_OI;
    private readonly Tensor? _bias_O;
    private readonly bool _isForFewRows;

    /// <summary>Over the caller's tensors, which get gradients if they require them.</summary>
    /// <param name="weight_OI">Outputs by inputs, as checkpoints store it.</param>
    /// <param name="bias_O">Added, if there is one.</param>
    public Projection(Tensor weight_OI, Tensor? bias_O = null)
    {
        _weight_OI = weight_OI.Shaped([-1, -1]);
        _bias_O = bias_O?.Shaped([weight_OI.shape[0]]);
        _isForFewRows = FewRows.Serves(_weight_OI, _bias_O);
    }

    /// <summary>Multiplies the last axis.</summary>
    /// <param name="input">Any shape that ends in I.</param>
    /// <returns>The same shape with O at the end.</returns>
    public Tensor Apply(Tensor input) => _isForFewRows && FewRows.ServesRows(input, _weight_OI)
        ? FewRows.Product(input, _weight_OI, _bias_O)
        : nn.functional.linear(input, _weight_OI, _bias_O);
}
