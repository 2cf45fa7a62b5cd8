using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>Root-mean-square norm over the last axis, with a weight.</summary>
/// <remarks>
/// The statistics are float32 whatever comes in, the normed value is rounded to the input's type, and only then the weight
/// multiplies: the reference implementation's order, which bfloat16 results depend on.
/// </remarks>
public sealed class RmsNorm
{
    private readonly Tensor _weight_D;
    private readonly Tensor _epsilon;
    private readonly float _number;

    /// <summary>A norm over the weight's size.</summary>
    /// <param name="weight_D">The caller's; gets a gradient if it requires one.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public RmsNorm(Tensor weight_D, double epsilon)
    {
        (_weight_D, _number) = (weight_D.Shaped([-1]), (float)epsilon);

        // A tensor and not a number: made once and not at every call.
        _epsilon = tensor((float)epsilon, float32, weight_D.device).DetachFromDisposeScope();
    }

    private RmsNorm(Tensor weight_D, RmsNorm like) => (_weight_D, _epsilon, _number) = (weight_D, like._epsilon, like._number);

    /// <summary>The same norm with another weight.</summary>
    internal RmsNorm With(Tensor weight_D) => new(weight_D, this);

    /// <summary>Norms the last axis.</summary>
    /// <param name="input">Any shape that ends in D.</param>
    /// <returns>As the input, in shape and type.</returns>
    public Tensor Apply(Tensor input)
    {
        if (FewRows.ServesNorm(input, _weight_D))
        {
            return FewRows.Norm(input, _weight_D, _number);
        }

        using var scope = NewDisposeScope();
        var wide = input.to(float32);
        var inverse = wide.Squared().mean([-1], keepdim: true).Plus(_epsilon).rsqrt();
        return ((wide * inverse).to(input.dtype) * _weight_D).MoveToOuterDisposeScope();
    }
}
