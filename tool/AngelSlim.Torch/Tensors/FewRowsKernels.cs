using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AngelSlim.Torch.Tensors;

/// <summary>What a matrix product of few rows works on; see <see cref="FewRows.Product"/>.</summary>
internal unsafe readonly record struct ProductOf(nint X, int Rows, int Inputs, nint Weights, int Outputs, nint Bias, nint Result);

/// <summary>The loops of <see cref="FewRows"/>, on memory whose sizes it has checked.</summary>
/// <typeparam name="T">The type of every matrix and row.</typeparam>
internal static unsafe class FewRowsKernels<T>
    where T : IElements
{
    private const int Block = 16;

    /// <summary>A product of few rows with a matrix, block of outputs by block.</summary>
    /// <param name="of">On what.</param>
    /// <param name="threads">That share the outputs.</param>
    public static void Product(ProductOf of, int threads)
    {
        var rows = (float*)NativeMemory.AlignedAlloc((nuint)(of.Rows * of.Inputs * sizeof(float)), 64);
        try
        {
            Unpack((byte*)of.X, of.Rows * of.Inputs, rows);
            var (blocks, x) = ((of.Outputs + Block - 1) / Block, (nint)rows);
            if (threads is 1)
            {
                Outputs(of, x, 0, blocks);
            }
            else
            {
                Parallel.For(0, threads, part => Outputs(of, x, blocks * part / threads, blocks * (part + 1) / threads));
            }
        }
        finally
        {
            NativeMemory.AlignedFree(rows);
        }
    }

    /// <summary>Root-mean-square norm of rows; see <see cref="Layers.RmsNorm"/> for the order of its roundings.</summary>
    /// <param name="x">Rows by width.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">A multiple of 32.</param>
    /// <param name="weight">Width numbers.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="y">As x.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Norm(byte* x, long rows, int width, byte* weight, float epsilon, byte* y)
    {
        var bytes = width * T.Bytes;
        for (var row = 0L; row < rows; row++, x += bytes, y += bytes)
        {
            var (one, other) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var i = 0; i < bytes; i += DotProducts<T>.Piece * T.Bytes)
            {
                one = Vector512.FusedMultiplyAdd(T.One(x + i), T.One(x + i), one);
                other = Vector512.FusedMultiplyAdd(T.Other(x + i), T.Other(x + i), other);
            }

            var inverse = Vector512.Create(1 / MathF.Sqrt((Vector512.Sum(one + other) / width) + epsilon));
            for (var i = 0; i < bytes; i += DotProducts<T>.Piece * T.Bytes)
            {
                T.Store(y + i, T.Rounded(T.One(x + i) * inverse) * T.One(weight + i), T.Rounded(T.Other(x + i) * inverse) * T.Other(weight + i));
            }
        }
    }

    /// <summary><c>silu(gate) · up</c>, both factors rounded to the type.</summary>
    /// <param name="gate">Numbers.</param>
    /// <param name="up">As many.</param>
    /// <param name="count">A multiple of 32.</param>
    /// <param name="y">As many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gated(byte* gate, byte* up, long count, byte* y)
    {
        for (var i = 0L; i < count * T.Bytes; i += DotProducts<T>.Piece * T.Bytes)
        {
            T.Store(y + i, T.Rounded(Silu(T.One(gate + i))) * T.One(up + i), T.Rounded(Silu(T.Other(gate + i))) * T.Other(up + i));
        }
    }

    private static Vector512<float> Silu(Vector512<float> x) => x / (Vector512<float>.One + Vector512.Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Unpack(byte* from, int count, float* to)
    {
        for (var i = 0; i < count; i += DotProducts<T>.Piece)
        {
            T.One(from + (i * T.Bytes)).Store(to + i);
            T.Other(from + (i * T.Bytes)).Store(to + i + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outputs(ProductOf of, nint x, int firstBlock, int endBlock)
    {
        var block = stackalloc float[FewRows.Most * Block];
        var biases = stackalloc float[Block];
        for (var b = firstBlock; b < endBlock; b++)
        {
            // The last block begins earlier where the outputs do not fill it: it computes a few again, to the same bits.
            var output = Math.Min(b * Block, of.Outputs - Block);
            Sixteen((float*)x, of.Rows, of.Inputs, (byte*)of.Weights + ((long)output * of.Inputs * T.Bytes), block);
            for (var row = 0; row < of.Rows; row++)
            {
                var made = Vector512.Load(block + (row * Block));
                if (of.Bias is not 0)
                {
                    made += T.InOrder((byte*)of.Bias + (output * T.Bytes));
                }

                T.Store((byte*)of.Result + ((((long)row * of.Outputs) + output) * T.Bytes), made);
            }
        }
    }

    private static void Sixteen(float* x, int rows, int inputs, byte* w, float* y)
    {
        var output = (long)inputs * T.Bytes;
        var row = 0;
        for (; rows - row >= 4; row += 4)
        {
            for (var o = 0; o < Block; o += 4)
            {
                DotProducts<T>.FourRows(x + (row * inputs), inputs, w + (o * output), y + (row * Block) + o, Block);
            }
        }

        for (; rows - row >= 2; row += 2)
        {
            for (var o = 0; o < Block; o += 8)
            {
                DotProducts<T>.TwoRows(x + (row * inputs), inputs, w + (o * output), y + (row * Block) + o, Block);
            }
        }

        if (row < rows)
        {
            DotProducts<T>.OneRow(x + (row * inputs), inputs, w, y + (row * Block));
        }
    }
}
