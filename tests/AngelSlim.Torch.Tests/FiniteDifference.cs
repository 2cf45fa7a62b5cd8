using TorchSharp;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests;

/// <summary>Gradients against the slope of the loss.</summary>
internal static class FiniteDifference
{
    /// <summary>Fails unless one of the steps shows the gradient: along the gradient itself the slope is its norm.</summary>
    /// <param name="name">The weight's.</param>
    /// <param name="weight">Moved, and put back.</param>
    /// <param name="gradient">What it is said to be, not 0.</param>
    /// <param name="loss">With the weight as it then is; around 4, of which float32 rounds away 1e-7.</param>
    /// <param name="steps">Between that rounding and the curvature.</param>
    public static void Assert(string name, Tensor weight, Tensor gradient, Func<double> loss, params double[] steps)
    {
        using var frozen = no_grad();
        var norm = gradient.norm().ToDouble();
        Xunit.Assert.True(norm > 0, name);
        var slopes = steps.Select(step => Slope(weight, gradient / norm * step, loss) / (2 * step)).ToList();
        Xunit.Assert.True(slopes.Any(slope => Math.Abs(slope - norm) < (0.02 * norm) + 2e-4), $"{name}: slopes {string.Join(" and ", slopes.Select(slope => $"{slope:g5}"))}, gradient {norm:g5}");
    }

    private static double Slope(Tensor weight, Tensor direction, Func<double> loss)
    {
        weight.add_(direction);
        var up = loss();
        weight.sub_(direction * 2);
        var down = loss();
        weight.add_(direction);
        return up - down;
    }
}
