using AngelSlim.Core.Manifests.Settings;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tensors;

/// <summary>A type of tensor elements that we read and write, by its name in safetensors files.</summary>
/// <param name="Name">As in a safetensors header.</param>
/// <param name="Scalar">As in libtorch.</param>
/// <param name="Bytes">Per element.</param>
internal sealed record ElementType(string Name, ScalarType Scalar, int Bytes)
{
    private static readonly ElementType[] All =
    [
        new("F32", ScalarType.Float32, 4),
        new("F16", ScalarType.Float16, 2),
        new("BF16", ScalarType.BFloat16, 2),
        new("I64", ScalarType.Int64, 8),
        new("I32", ScalarType.Int32, 4),
        new("U8", ScalarType.Byte, 1),
        new("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>All names, for messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(type => type.Name));

    /// <summary>Whether numbers of this type can be weights; whole numbers would be a quantised checkpoint.</summary>
    public bool IsFloat => Name is "F32" or "F16" or "BF16";

    /// <summary>Null when we do not read that type.</summary>
    public static ElementType? Named(string name) => Array.Find(All, type => type.Name == name);

    /// <summary>As a manifest names it.</summary>
    public static ElementType Of(Dtype dtype) => Named(dtype is Dtype.Bfloat16 ? "BF16" : "F32")!;

    /// <summary>Null when we do not write that type.</summary>
    public static ElementType? Of(ScalarType scalar) => Array.Find(All, type => type.Scalar == scalar);
}
