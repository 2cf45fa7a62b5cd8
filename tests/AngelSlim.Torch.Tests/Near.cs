using TorchSharp;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests;

/// <summary>Closeness of tensors in units of the expected tensor's largest entry.</summary>
internal static class Near
{
    /// <summary>Fails if the tensors differ by more than this share of the largest expected entry.</summary>
    /// <returns>The largest difference, and its share of the largest expected entry.</returns>
    public static (double Absolute, double Relative) Assert(Tensor expected, Tensor actual, double tolerance, string what)
    {
        using var scope = NewDisposeScope();
        Xunit.Assert.Equal(expected.shape, actual.shape);
        var wide = expected.detach().to(float64);
        var largest = Math.Max(wide.abs().max().ToDouble(), 1e-12);
        var difference = (actual.detach().to(float64) - wide).abs().max().ToDouble();
        Xunit.Assert.True(difference / largest <= tolerance, $"{what} differs by {difference / largest:E2} of its largest entry, {largest:G4}; {tolerance:E1} is allowed.");
        return (difference, difference / largest);
    }

    /// <summary>Fails if the numbers differ by more than this share of the expected one.</summary>
    public static void Assert(double expected, double actual, double tolerance, string what)
    {
        var difference = Math.Abs(actual - expected) / Math.Max(Math.Abs(expected), 1e-12);
        Xunit.Assert.True(difference <= tolerance, $"{what} is {actual:G9} instead of {expected:G9}: {difference:E2} away; {tolerance:E1} is allowed.");
    }
}
