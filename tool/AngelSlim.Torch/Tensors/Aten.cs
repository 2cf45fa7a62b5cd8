using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tensors;

/// <summary>The ATen operators that TorchSharp does not bind, reached through libtorch's C interface.</summary>
/// <remarks>
/// A wrong number or kind of argument is a memory error, not an exception: every operator is wrapped once, here, with
/// its schema above it and a test. Schemas as in libtorch 2.10.
/// </remarks>
internal static unsafe partial class Aten
{
    private const ulong Version = (2UL << 56) | (10UL << 48);
    private const ulong None = 0;

    /// <summary>Attention that never builds the score matrix, and the log of each row's softmax denominator.</summary>
    /// <param name="q_BHTC">A transposed view of [B, T, H, C] is the layout that the kernel works in.</param>
    /// <param name="k_BHTC">As many heads as the query has: the kernel does not check, it reads past the end.</param>
    /// <param name="v_BHTC">As the keys.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <returns>Output in the input's type; logarithms in float32 when the input is bfloat16. Both are stored B, T, H.</returns>
    public static (Tensor Out_BHTC, Tensor LogSum_BHT) CausalAttention(Tensor q_BHTC, Tensor k_BHTC, Tensor v_BHTC, double scale)
    {
        k_BHTC.Shaped(q_BHTC.shape);
        v_BHTC.Shaped(q_BHTC.shape);

        // (Tensor query, Tensor key, Tensor value, float dropout_p, bool is_causal, *, Tensor? attn_mask, float? scale) -> (Tensor, Tensor)
        var stack = stackalloc ulong[7] { Pass(q_BHTC), Pass(k_BHTC), Pass(v_BHTC), Bits(0), 1, None, Some(Bits(scale)) };
        Call("aten::_scaled_dot_product_flash_attention_for_cpu", stack);
        return (Take(stack[0]), Take(stack[1]));
    }

    /// <summary>Gradients of <see cref="CausalAttention"/>, or of its part in a wider softmax.</summary>
    /// <param name="gradient_BHTC">The gradient of the whole output.</param>
    /// <param name="q_BHTC">As in the forward.</param>
    /// <param name="k_BHTC">As in the forward.</param>
    /// <param name="v_BHTC">As in the forward.</param>
    /// <param name="out_BHTC">The output of the whole softmax, of which this block may be only a part.</param>
    /// <param name="logSum_BHT">The logarithm of the whole denominator.</param>
    /// <param name="scale">As in the forward.</param>
    public static (Tensor Q_BHTC, Tensor K_BHTC, Tensor V_BHTC) CausalAttentionBackward(
        Tensor gradient_BHTC, Tensor q_BHTC, Tensor k_BHTC, Tensor v_BHTC, Tensor out_BHTC, Tensor logSum_BHT, double scale)
    {
        // (Tensor grad_out, Tensor query, Tensor key, Tensor value, Tensor out, Tensor logsumexp, float dropout_p,
        //  bool is_causal, *, Tensor? attn_mask, float? scale) -> (Tensor, Tensor, Tensor)
        var stack = stackalloc ulong[10]
        {
            Pass(gradient_BHTC), Pass(q_BHTC), Pass(k_BHTC), Pass(v_BHTC), Pass(out_BHTC), Pass(logSum_BHT),
            Bits(0), 1, None, Some(Bits(scale)),
        };
        Call("aten::_scaled_dot_product_flash_attention_for_cpu_backward", stack);
        return (Take(stack[0]), Take(stack[1]), Take(stack[2]));
    }

    /// <summary>Rows of an embedding table; differentiable in the table.</summary>
    /// <param name="weight_VD">The table.</param>
    /// <param name="ids">int64, any shape; checked against V by libtorch.</param>
    /// <returns>The shape of the ids, and D.</returns>
    public static Tensor Embedding(Tensor weight_VD, Tensor ids)
    {
        // (Tensor weight, Tensor indices, SymInt padding_idx, bool scale_grad_by_freq, bool sparse) -> Tensor
        var stack = stackalloc ulong[5] { Pass(weight_VD), Pass(ids), unchecked((ulong)-1L), 0, 0 };
        Call("aten::embedding", stack);
        return Take(stack[0]);
    }

    /// <summary>The same bytes as elements of another type; no copy.</summary>
    /// <param name="tensor">Contiguous in its last axis, whose bytes are a multiple of the new element; libtorch checks both, and the alignment.</param>
    /// <param name="type">The new type.</param>
    public static Tensor ViewAs(Tensor tensor, ScalarType type)
    {
        // view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)
        var stack = stackalloc ulong[2] { Pass(tensor), (ulong)type };
        Call("aten::view", stack, "dtype");
        return Take(stack[0]);
    }

    /// <summary>One AdamW update of all parameters at once, in place.</summary>
    /// <param name="parameters">Float32 leaves.</param>
    /// <param name="gradients">As many; already clipped.</param>
    /// <param name="first">First moments.</param>
    /// <param name="second">Second moments.</param>
    /// <param name="steps">One float32 element each: the number of this update, from 1.</param>
    /// <param name="update">Rate and coefficients.</param>
    public static void FusedAdamW(
        IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> gradients, IReadOnlyList<Tensor> first, IReadOnlyList<Tensor> second,
        IReadOnlyList<Tensor> steps, AdamWUpdate update)
    {
        // (Tensor(a!)[] self, Tensor(b!)[] grads, Tensor(c!)[] exp_avgs, Tensor(d!)[] exp_avg_sqs, Tensor(e!)[] max_exp_avg_sqs,
        //  Tensor[] state_steps, *, float lr, float beta1, float beta2, float weight_decay, float eps, bool amsgrad, bool maximize,
        //  Tensor? grad_scale, Tensor? found_inf) -> ()
        var stack = stackalloc ulong[15]
        {
            PassAll(parameters), PassAll(gradients), PassAll(first), PassAll(second), PassAll([]), PassAll(steps),
            Bits(update.Rate), Bits(update.Beta1), Bits(update.Beta2), Bits(update.Decay), Bits(update.Epsilon), 0, 0, None, None,
        };
        Call("aten::_fused_adamw_", stack);
    }

    /// <summary>Where the first element lies.</summary>
    public static nint Data(Tensor tensor)
    {
        return aoti_torch_get_data_ptr(tensor.Handle, out var data) is 0 ? data : throw new InvalidOperationException("The tensor has no memory.");
    }

    private static void Call(string name, ulong* stack, string overload = "")
    {
        if (torch_call_dispatcher(name, overload, stack, Version) != 0)
        {
            throw new InvalidOperationException($"{name} failed; libtorch wrote the reason to standard error.");
        }
    }

    /// <summary>A handle the callee may keep: the call frees every handle that it is given.</summary>
    private static ulong Pass(Tensor tensor, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        return aoti_torch_new_tensor_handle(tensor.Handle, out var handle) is 0
            ? (ulong)handle
            : throw new InvalidOperationException($"{name} has no handle.");
    }

    private static ulong PassAll(IReadOnlyList<Tensor> tensors)
    {
        _ = torch_new_list_reserve_size((nuint)tensors.Count, out var list);
        foreach (var tensor in tensors)
        {
            _ = torch_list_push_back(list, Pass(tensor));
        }

        return (ulong)list;
    }

    private static Tensor Take(ulong handle) => Tensor.UnsafeCreateTensor((IntPtr)handle);

    private static ulong Bits(double value) => (ulong)BitConverter.DoubleToInt64Bits(value);

    /// <summary>An optional argument that is present travels in a box, which the call frees.</summary>
    private static ulong Some(ulong value)
    {
        var box = (ulong*)NativeMemory.Alloc(sizeof(ulong));
        *box = value;
        return (ulong)box;
    }

    [LibraryImport("libtorch_cpu.so", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int torch_call_dispatcher(string name, string overload, ulong* stack, ulong version);

    [LibraryImport("libtorch_cpu.so")]
    private static partial int aoti_torch_new_tensor_handle(IntPtr tensor, out IntPtr handle);

    [LibraryImport("libtorch_cpu.so")]
    private static partial int aoti_torch_get_data_ptr(IntPtr tensor, out nint data);

    [LibraryImport("libtorch_cpu.so")]
    private static partial int torch_new_list_reserve_size(nuint size, out IntPtr list);

    [LibraryImport("libtorch_cpu.so")]
    private static partial int torch_list_push_back(IntPtr list, ulong value);
}

/// <summary>What one AdamW update multiplies with.</summary>
internal readonly record struct AdamWUpdate(double Rate, double Beta1, double Beta2, double Decay, double Epsilon);
