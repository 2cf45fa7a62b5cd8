using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AngelSlim.Torch.Tensors;

/// <summary>Sixteen dot products at a time: of one row with 16 outputs, of two with 8, or of four with 4.</summary>
/// <remarks>
/// Each is one chain of fused additions in the order of the inputs, and its 16 lanes are added in the same order wherever it
/// stands: so its bits do not depend on which rows stand beside it. Weights are read where the checkpoint has them, once.
/// </remarks>
/// <typeparam name="T">How the matrix is stored.</typeparam>
internal static unsafe class DotProducts<T>
    where T : IElements
{
    /// <summary>Inputs are read in pieces of this size.</summary>
    public const int Piece = 32;

    /// <summary>One row with 16 outputs.</summary>
    /// <param name="x">The row, as <typeparamref name="T"/> reads a matrix.</param>
    /// <param name="inputs">A multiple of <see cref="Piece"/>.</param>
    /// <param name="w">The first output's weights.</param>
    /// <param name="y">Gets 16 numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneRow(float* x, nint inputs, byte* w, float* y)
    {
        var (stride, zero) = (inputs * T.Bytes, Vector512<float>.Zero);
        var (a, b, c, d, e, f, g, h) = (zero, zero, zero, zero, zero, zero, zero, zero);
        var (i, j, k, l, m, n, o, p) = (zero, zero, zero, zero, zero, zero, zero, zero);
        byte* w4 = w + (4 * stride), w8 = w4 + (4 * stride), w12 = w8 + (4 * stride);
        for (var end = w + stride; w < end; w += Piece * T.Bytes, w4 += Piece * T.Bytes, w8 += Piece * T.Bytes, w12 += Piece * T.Bytes, x += Piece)
        {
            var (one, other) = (Vector512.Load(x), Vector512.Load(x + 16));
            a = Add(a, one, other, w);
            b = Add(b, one, other, w + stride);
            c = Add(c, one, other, w + (2 * stride));
            d = Add(d, one, other, w + (3 * stride));
            e = Add(e, one, other, w4);
            f = Add(f, one, other, w4 + stride);
            g = Add(g, one, other, w4 + (2 * stride));
            h = Add(h, one, other, w4 + (3 * stride));
            i = Add(i, one, other, w8);
            j = Add(j, one, other, w8 + stride);
            k = Add(k, one, other, w8 + (2 * stride));
            l = Add(l, one, other, w8 + (3 * stride));
            m = Add(m, one, other, w12);
            n = Add(n, one, other, w12 + stride);
            o = Add(o, one, other, w12 + (2 * stride));
            p = Add(p, one, other, w12 + (3 * stride));
        }

        Sums(Quarter(a, e, i, m), Quarter(b, f, j, n), Quarter(c, g, k, o), Quarter(d, h, l, p)).Store(y);
    }

    /// <summary>Two rows with 8 outputs.</summary>
    /// <param name="x">The first row; the second lies behind it.</param>
    /// <param name="inputs">A multiple of <see cref="Piece"/>.</param>
    /// <param name="w">The first output's weights.</param>
    /// <param name="y">Gets 8 numbers for each row.</param>
    /// <param name="next">From a row of the result to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TwoRows(float* x, nint inputs, byte* w, float* y, int next)
    {
        var (stride, zero) = (inputs * T.Bytes, Vector512<float>.Zero);
        var (a, b, c, d, e, f, g, h) = (zero, zero, zero, zero, zero, zero, zero, zero);
        var (i, j, k, l, m, n, o, p) = (zero, zero, zero, zero, zero, zero, zero, zero);
        var x1 = x + inputs;
        var w4 = w + (4 * stride);
        for (var end = w + stride; w < end; w += Piece * T.Bytes, w4 += Piece * T.Bytes, x += Piece, x1 += Piece)
        {
            var (one, other, one1, other1) = (Vector512.Load(x), Vector512.Load(x + 16), Vector512.Load(x1), Vector512.Load(x1 + 16));
            (a, i) = (Add(a, one, other, w), Add(i, one1, other1, w));
            (b, j) = (Add(b, one, other, w + stride), Add(j, one1, other1, w + stride));
            (c, k) = (Add(c, one, other, w + (2 * stride)), Add(k, one1, other1, w + (2 * stride)));
            (d, l) = (Add(d, one, other, w + (3 * stride)), Add(l, one1, other1, w + (3 * stride)));
            (e, m) = (Add(e, one, other, w4), Add(m, one1, other1, w4));
            (f, n) = (Add(f, one, other, w4 + stride), Add(n, one1, other1, w4 + stride));
            (g, o) = (Add(g, one, other, w4 + (2 * stride)), Add(o, one1, other1, w4 + (2 * stride)));
            (h, p) = (Add(h, one, other, w4 + (3 * stride)), Add(p, one1, other1, w4 + (3 * stride)));
        }

        var sums = Sums(Quarter(a, e, i, m), Quarter(b, f, j, n), Quarter(c, g, k, o), Quarter(d, h, l, p));
        sums.GetLower().Store(y);
        sums.GetUpper().Store(y + next);
    }

    /// <summary>Four rows with 4 outputs.</summary>
    /// <param name="x">The first row; the others lie behind it.</param>
    /// <param name="inputs">A multiple of <see cref="Piece"/>.</param>
    /// <param name="w">The first output's weights.</param>
    /// <param name="y">Gets 4 numbers for each row.</param>
    /// <param name="next">From a row of the result to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourRows(float* x, nint inputs, byte* w, float* y, int next)
    {
        var (stride, zero) = (inputs * T.Bytes, Vector512<float>.Zero);
        var (a, b, c, d, e, f, g, h) = (zero, zero, zero, zero, zero, zero, zero, zero);
        var (i, j, k, l, m, n, o, p) = (zero, zero, zero, zero, zero, zero, zero, zero);
        float* x1 = x + inputs, x2 = x1 + inputs, x3 = x2 + inputs;
        for (var end = w + stride; w < end; w += Piece * T.Bytes, x += Piece, x1 += Piece, x2 += Piece, x3 += Piece)
        {
            var (u, v, s, t) = (T.One(w), T.One(w + stride), T.One(w + (2 * stride)), T.One(w + (3 * stride)));
            var row = Vector512.Load(x);
            (a, b, c, d) = (Add(a, row, u), Add(b, row, v), Add(c, row, s), Add(d, row, t));
            row = Vector512.Load(x1);
            (e, f, g, h) = (Add(e, row, u), Add(f, row, v), Add(g, row, s), Add(h, row, t));
            row = Vector512.Load(x2);
            (i, j, k, l) = (Add(i, row, u), Add(j, row, v), Add(k, row, s), Add(l, row, t));
            row = Vector512.Load(x3);
            (m, n, o, p) = (Add(m, row, u), Add(n, row, v), Add(o, row, s), Add(p, row, t));
            (u, v, s, t) = (T.Other(w), T.Other(w + stride), T.Other(w + (2 * stride)), T.Other(w + (3 * stride)));
            row = Vector512.Load(x + 16);
            (a, b, c, d) = (Add(a, row, u), Add(b, row, v), Add(c, row, s), Add(d, row, t));
            row = Vector512.Load(x1 + 16);
            (e, f, g, h) = (Add(e, row, u), Add(f, row, v), Add(g, row, s), Add(h, row, t));
            row = Vector512.Load(x2 + 16);
            (i, j, k, l) = (Add(i, row, u), Add(j, row, v), Add(k, row, s), Add(l, row, t));
            row = Vector512.Load(x3 + 16);
            (m, n, o, p) = (Add(m, row, u), Add(n, row, v), Add(o, row, s), Add(p, row, t));
        }

        var sums = Sums(Quarter(a, e, i, m), Quarter(b, f, j, n), Quarter(c, g, k, o), Quarter(d, h, l, p));
        sums.GetLower().GetLower().Store(y);
        sums.GetLower().GetUpper().Store(y + next);
        sums.GetUpper().GetLower().Store(y + (2 * next));
        sums.GetUpper().GetUpper().Store(y + (3 * next));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(Vector512<float> sum, Vector512<float> one, Vector512<float> other, byte* w) =>
        Add(Add(sum, one, T.One(w)), other, T.Other(w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(Vector512<float> sum, Vector512<float> x, Vector512<float> w) => Vector512.FusedMultiplyAdd(x, w, sum);

    /// <summary>Four chains, each in four lanes: chain q in the q-th quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarter(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        var ab = Avx512F.Shuffle4x128(a, b, 0b01_00_01_00) + Avx512F.Shuffle4x128(a, b, 0b11_10_11_10);
        var cd = Avx512F.Shuffle4x128(c, d, 0b01_00_01_00) + Avx512F.Shuffle4x128(c, d, 0b11_10_11_10);
        return Avx512F.Shuffle4x128(ab, cd, 0b10_00_10_00) + Avx512F.Shuffle4x128(ab, cd, 0b11_01_11_01);
    }

    /// <summary>The sums of sixteen chains: those of the k-th argument at the k-th place of each quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sums(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        var ab = Avx512F.Shuffle(a, b, 0b01_00_01_00) + Avx512F.Shuffle(a, b, 0b11_10_11_10);
        var cd = Avx512F.Shuffle(c, d, 0b01_00_01_00) + Avx512F.Shuffle(c, d, 0b11_10_11_10);
        return Avx512F.Shuffle(ab, cd, 0b10_00_10_00) + Avx512F.Shuffle(ab, cd, 0b11_01_11_01);
    }
}
