using TorchSharp;
using static TorchSharp.torch;

// The one file that makes Scalars.
#pragma warning disable RS0030

namespace AngelSlim.Torch.Tensors;

/// <summary>Tensors and numbers: what TorchSharp's own operators do, with numbers that live until libtorch has read them.</summary>
/// <remarks>
/// libtorch reads a number out of a native object, which TorchSharp wraps in a <see cref="Scalar"/>. Its operators make one
/// in passing (<c>a + b</c> too: the sum is a + 1·b), and nothing refers to it any more while libtorch works: a collection
/// at that moment frees it, and libtorch reads whatever is there now. Here each has an owner, which also frees it at once.
/// The kinds are those of the operators, so the bits are too: a whole number stays whole, everything else is a double.
/// </remarks>
public static class Arithmetic
{
    /// <summary>Whole numbers that ascend by one, int64.</summary>
    /// <param name="from">The first.</param>
    /// <param name="to">One more than the last.</param>
    /// <param name="device">Where they will be; the CPU if not said.</param>
    public static Tensor Integers(long from, long to, Device? device = null)
    {
        using var first = from.ToScalar();
        using var end = to.ToScalar();
        using var step = 1.ToScalar();
        return arange(first, end, step, int64, device);
    }

    /// <summary>The sum, element by element.</summary>
    public static Tensor Plus(this Tensor one, Tensor other)
    {
        using var times = 1.ToScalar();
        return one.add(other, times);
    }

    /// <summary>Every element and the number.</summary>
    public static Tensor Plus(this Tensor tensor, long number)
    {
        using var added = number.ToScalar();
        using var times = 1.ToScalar();
        return tensor.add(added, times);
    }

    /// <summary>Every element and the number.</summary>
    public static Tensor Plus(this Tensor tensor, double number)
    {
        using var added = number.ToScalar();
        using var times = 1.ToScalar();
        return tensor.add(added, times);
    }

    /// <summary>Every element by the number.</summary>
    public static Tensor Times(this Tensor tensor, long factor)
    {
        using var scalar = factor.ToScalar();
        return tensor.mul(scalar);
    }

    /// <summary>Every element by the number.</summary>
    public static Tensor Times(this Tensor tensor, double factor)
    {
        using var scalar = factor.ToScalar();
        return tensor.mul(scalar);
    }

    /// <summary>Every element by itself.</summary>
    public static Tensor Squared(this Tensor tensor)
    {
        using var exponent = 2.ToScalar();
        return tensor.pow(exponent);
    }

    /// <summary>Every element, or the bound that it lies beyond.</summary>
    public static Tensor Within(this Tensor tensor, double lowest, double highest)
    {
        using var low = lowest.ToScalar();
        using var high = highest.ToScalar();
        return tensor.clamp(low, high);
    }

    /// <summary>Adds a multiple of another tensor to the elements.</summary>
    /// <returns>The tensor itself.</returns>
    public static Tensor AddInPlace(this Tensor tensor, Tensor other, double times = 1)
    {
        using var scalar = times.ToScalar();
        return tensor.add_(other, scalar);
    }

    /// <summary>Adds rows to rows.</summary>
    /// <param name="tensor">Changed.</param>
    /// <param name="index">int64: which of its rows gets which.</param>
    /// <param name="rows">Of the same width.</param>
    /// <returns>The tensor itself.</returns>
    public static Tensor AddRowsInPlace(this Tensor tensor, Tensor index, Tensor rows)
    {
        using var times = 1.ToScalar();
        return tensor.index_add_(0, index, rows, times);
    }

    /// <summary>Multiplies the elements.</summary>
    /// <returns>The tensor itself.</returns>
    public static Tensor MultiplyInPlace(this Tensor tensor, double factor)
    {
        using var scalar = factor.ToScalar();
        return tensor.mul_(scalar);
    }

    /// <summary>Divides the elements, which rounds otherwise than multiplying by the inverse.</summary>
    /// <returns>The tensor itself.</returns>
    public static Tensor DivideInPlace(this Tensor tensor, double divisor)
    {
        using var scalar = divisor.ToScalar();
        return tensor.div_(scalar);
    }

    /// <summary>The only element, whatever its type.</summary>
    public static double ToNumber(this Tensor tensor)
    {
        using var scalar = tensor.ToScalar();
        return scalar.ToDouble();
    }
}
