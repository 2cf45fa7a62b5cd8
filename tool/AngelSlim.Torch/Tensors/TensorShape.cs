using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tensors;

// The legend of axes, for the whole project. A tensor's name ends in its axes; nothing else does.
//
// B rows            T tokens           D target width        L kept layers      A position axes (1, or 3 for M-RoPE)
// H query heads     K key heads        C channels of a head  V target words     W draft words      N tree nodes, or rows taken out of B·T

/// <summary>Shape checks at the door of public tensor methods and file readers.</summary>
internal static class TensorShape
{
    /// <summary>The tensor itself, if it has the expected shape.</summary>
    /// <param name="tensor">What came in.</param>
    /// <param name="expected">Sizes; -1 where any size will do.</param>
    /// <param name="name">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">It has another shape.</exception>
    public static Tensor Shaped(this Tensor tensor, ReadOnlySpan<long> expected, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        var actual = tensor.shape;
        var fits = actual.Length == expected.Length;
        for (var i = 0; fits && i < actual.Length; i++)
        {
            fits = expected[i] is -1 || expected[i] == actual[i];
        }

        return fits ? tensor : throw new ShapeException(name, expected, actual);
    }
}

/// <summary>A tensor has another shape than the code that got it can use.</summary>
internal sealed class ShapeException(string name, ReadOnlySpan<long> expected, ReadOnlySpan<long> actual)
    : Exception($"{name} should have shape [{string.Join(", ", expected.ToArray())}] but has [{string.Join(", ", actual.ToArray())}].");
