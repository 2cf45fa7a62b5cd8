using AngelSlim.Testing;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests;

/// <summary>How near a group of tensors came to those of a reference: one line of the documentation.</summary>
/// <param name="what">Which numbers.</param>
/// <param name="allowed">The share of a tensor's largest entry by which it may differ.</param>
internal sealed class Nearness(string what, double allowed)
{
    private readonly List<(double Absolute, double Relative)> _differences = [];

    /// <summary>Nothing was compared.</summary>
    public bool IsEmpty => _differences.Count is 0;

    /// <summary>Fails if the tensors differ by more than is allowed.</summary>
    public void Compare(Tensor expected, Tensor actual, string name) => _differences.Add(Near.Assert(expected, actual, allowed, name));

    /// <summary>The same of numbers.</summary>
    public void Compare(double expected, double actual, string name)
    {
        using var scope = NewDisposeScope();
        Compare(tensor(expected), tensor(actual), name);
    }

    /// <summary>The largest differences.</summary>
    /// <param name="subject">Under which conventions.</param>
    /// <param name="name">The case's.</param>
    public FidelityRow Row(string subject, string name) => new(
        subject, name, what, _differences.Max(difference => difference.Absolute), _differences.Max(difference => difference.Relative), FormattableString.Invariant($"{allowed:0e-00} of the largest"));
}
