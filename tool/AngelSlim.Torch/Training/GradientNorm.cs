using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>The norm of all gradients together.</summary>
internal static class GradientNorm
{
    /// <summary>Scales all gradients down, in place, if their norm is larger than the limit.</summary>
    /// <returns>The norm before.</returns>
    public static double Clip(IReadOnlyList<Tensor> gradients, double limit)
    {
        using var scope = NewDisposeScope();
        var norm = stack(gradients.Select(gradient => gradient.norm())).norm().ToNumber();

        // As torch.nn.utils.clip_grad_norm_, to the last bit of the factor.
        var factor = limit / (norm + 1e-6);
        if (factor < 1)
        {
            foreach (var gradient in gradients)
            {
                gradient.MultiplyInPlace(factor);
            }
        }

        return norm;
    }
}
