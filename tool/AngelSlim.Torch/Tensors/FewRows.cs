using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tensors;

/// <summary>Kernels for the few rows of decoding; whatever they do not serve, libtorch computes.</summary>
/// <remarks>
/// MKL's product of 2 to 16 float32 rows costs almost as many times that of one; in bfloat16 libtorch's products of few
/// rows reach a third of the memory's speed, and an operator costs more than the arithmetic of one row. Here a weight is
/// read once whatever the rows, and in a product, a norm or a gate a row's bits do not depend on the rows beside it.
/// Needs AVX-512, the CPU, no gradients, and widths that are multiples of 32
/// (docs/decisions/0126-own-kernels-for-few-rows.md). Operands that do not fit are not served: libtorch says what is wrong.
/// </remarks>
internal static unsafe class FewRows
{
    /// <summary>More rows are libtorch's.</summary>
    public const int Most = 16;

    // Below this the threads would wait for each other longer than they compute.
    private const long BytesWorthThreads = 1 << 20;

    // Of norms and gates; the heads of 16 tokens are rows too.
    private const long MostEach = 4096;
    private const int Piece = DotProducts<Float32Elements>.Piece;
    private const int FewestOutputs = 16;

    /// <summary>Whether this processor runs the kernels.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Whether a matrix, and perhaps its bias, can be multiplied here.</summary>
    /// <param name="weight_OI">Outputs by inputs.</param>
    /// <param name="bias_O">Null where there is none.</param>
    public static bool Serves(Tensor weight_OI, Tensor? bias_O) =>
        IsSupported && IsPlain(weight_OI) && weight_OI.size(1) % Piece is 0 && weight_OI.size(0) is >= FewestOutputs and <= int.MaxValue
        && (bias_O is null || (IsPlain(bias_O) && bias_O.dtype == weight_OI.dtype));

    /// <summary>Whether rows can be multiplied here with a matrix that is served.</summary>
    public static bool ServesRows(Tensor input, Tensor weight_OI) =>
        !is_grad_enabled() && input.dtype == weight_OI.dtype && input.dim() > 0 && input.size(-1) == weight_OI.size(1)
        && input.numel() is var count && count > 0 && count <= Most * weight_OI.size(1) && IsPlain(input);

    /// <summary>Whether rows can be normed here.</summary>
    /// <param name="rows">Any shape; the last axis is theirs.</param>
    /// <param name="weight_D">As wide.</param>
    public static bool ServesNorm(Tensor rows, Tensor weight_D) => ServesEach(rows, weight_D) && weight_D.dim() is 1 && weight_D.size(0) == rows.size(-1);

    /// <summary>Whether rows can be gated here.</summary>
    /// <param name="gate">Any shape; the last axis is the rows'.</param>
    /// <param name="up">The same shape.</param>
    public static bool ServesGate(Tensor gate, Tensor up) => ServesEach(gate, up) && gate.shape.AsSpan().SequenceEqual(up.shape);

    /// <summary>Rows by a matrix, and a bias added; sums are float32.</summary>
    /// <param name="input">Any shape that ends in I; see <see cref="ServesRows"/>.</param>
    /// <param name="weight_OI">See <see cref="Serves"/>.</param>
    /// <param name="bias_O">Null: none.</param>
    /// <returns>The same shape with O at the end.</returns>
    public static Tensor Product(Tensor input, Tensor weight_OI, Tensor? bias_O)
    {
        var shape = input.shape;
        var (inputs, outputs) = ((int)weight_OI.size(1), (int)weight_OI.size(0));
        var rows = (int)(input.numel() / inputs);
        shape[^1] = outputs;
        var result = empty(shape, input.dtype);
        var of = new ProductOf(Aten.Data(input), rows, inputs, Aten.Data(weight_OI), outputs, bias_O is null ? 0 : Aten.Data(bias_O), Aten.Data(result));
        var isWide = input.dtype is ScalarType.Float32;
        var threads = (long)inputs * outputs * (isWide ? 4 : 2) >= BytesWorthThreads ? get_num_threads() : 1;
        if (isWide)
        {
            FewRowsKernels<Float32Elements>.Product(of, threads);
        }
        else
        {
            FewRowsKernels<BFloat16Elements>.Product(of, threads);
        }

        KeepAlive(input, weight_OI, bias_O);
        return result;
    }

    /// <summary>Root-mean-square norm over the last axis.</summary>
    /// <param name="rows">See <see cref="ServesNorm"/>.</param>
    /// <param name="weight_D">As wide.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static Tensor Norm(Tensor rows, Tensor weight_D, float epsilon)
    {
        var (result, width) = (empty_like(rows), (int)rows.size(-1));
        byte* x = (byte*)Aten.Data(rows), w = (byte*)Aten.Data(weight_D), y = (byte*)Aten.Data(result);
        var count = rows.numel() / width;
        if (rows.dtype is ScalarType.Float32)
        {
            FewRowsKernels<Float32Elements>.Norm(x, count, width, w, epsilon, y);
        }
        else
        {
            FewRowsKernels<BFloat16Elements>.Norm(x, count, width, w, epsilon, y);
        }

        KeepAlive(rows, weight_D);
        return result;
    }

    /// <summary><c>silu(gate) · up</c>.</summary>
    /// <param name="gate">See <see cref="ServesGate"/>.</param>
    /// <param name="up">The same shape.</param>
    public static Tensor Gated(Tensor gate, Tensor up)
    {
        var result = empty_like(gate);
        byte* x = (byte*)Aten.Data(gate), w = (byte*)Aten.Data(up), y = (byte*)Aten.Data(result);
        if (gate.dtype is ScalarType.Float32)
        {
            FewRowsKernels<Float32Elements>.Gated(x, w, gate.numel(), y);
        }
        else
        {
            FewRowsKernels<BFloat16Elements>.Gated(x, w, gate.numel(), y);
        }

        KeepAlive(gate, up);
        return result;
    }

    /// <summary>A pointer does not: a tensor in no scope could be collected while its numbers are read.</summary>
    private static void KeepAlive(params ReadOnlySpan<Tensor?> read)
    {
        foreach (var tensor in read)
        {
            GC.KeepAlive(tensor);
        }
    }

    private static bool ServesEach(Tensor rows, Tensor other) =>
        IsSupported && !is_grad_enabled() && rows.dtype == other.dtype && rows.dim() > 0 && rows.size(-1) is var width && width > 0 && width % Piece is 0
        && rows.numel() is var count && count > 0 && count <= MostEach * width && IsPlain(rows) && IsPlain(other);

    private static bool IsPlain(Tensor tensor) =>
        tensor.dtype is ScalarType.Float32 or ScalarType.BFloat16 && tensor.device_type is DeviceType.CPU && tensor.is_contiguous();
}
