using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AngelSlim.Torch.Tensors;

/// <summary>How kernels read and write the elements of a tensor: as float32, 32 at a time in two vectors.</summary>
internal unsafe interface IElements
{
    /// <summary>Of one element.</summary>
    static abstract int Bytes { get; }

    /// <summary>One half of 32 elements.</summary>
    static abstract Vector512<float> One(byte* from);

    /// <summary>The other half.</summary>
    static abstract Vector512<float> Other(byte* from);

    /// <summary>16 elements in their order.</summary>
    static abstract Vector512<float> InOrder(byte* from);

    /// <summary>The nearest numbers of the type.</summary>
    static abstract Vector512<float> Rounded(Vector512<float> numbers);

    /// <summary>Writes 32 elements from their halves, rounded.</summary>
    static abstract void Store(byte* to, Vector512<float> one, Vector512<float> other);

    /// <summary>Writes 16 elements in their order, rounded.</summary>
    static abstract void Store(byte* to, Vector512<float> numbers);
}

/// <summary>float32: the halves are those in memory.</summary>
internal readonly unsafe struct Float32Elements : IElements
{
    /// <inheritdoc/>
    public static int Bytes => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> One(byte* from) => Vector512.Load((float*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Other(byte* from) => Vector512.Load((float*)from + 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> InOrder(byte* from) => Vector512.Load((float*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Rounded(Vector512<float> numbers) => numbers;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* to, Vector512<float> one, Vector512<float> other)
    {
        one.Store((float*)to);
        other.Store((float*)to + 16);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* to, Vector512<float> numbers) => numbers.Store((float*)to);
}

/// <summary>bfloat16: the even elements and the odd ones, since each half comes out of a register with one instruction.</summary>
internal readonly unsafe struct BFloat16Elements : IElements
{
    private const uint Upper = 0xFFFF0000;

    /// <inheritdoc/>
    public static int Bytes => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> One(byte* from) => (Vector512.Load((uint*)from) << 16).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Other(byte* from) => (Vector512.Load((uint*)from) & Vector512.Create(Upper)).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> InOrder(byte* from) => (Avx512F.ConvertToVector512UInt32(Vector256.Load((ushort*)from)) << 16).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Rounded(Vector512<float> numbers) => (Nearest(numbers) & Vector512.Create(Upper)).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* to, Vector512<float> one, Vector512<float> other) =>
        ((Nearest(one) >>> 16) | (Nearest(other) & Vector512.Create(Upper))).Store((uint*)to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* to, Vector512<float> numbers) =>
        Avx512F.ConvertToVector256UInt16(Nearest(numbers) >>> 16).Store((ushort*)to);

    /// <summary>The nearest bfloat16 in the upper half, the even one of two; what is not a number stays none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Nearest(Vector512<float> numbers)
    {
        var bits = numbers.AsUInt32();
        var nearest = bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One);
        return Vector512.ConditionalSelect(Vector512.Equals(numbers, numbers).AsUInt32(), nearest, Vector512.Create(0x7FC00000u));
    }
}
