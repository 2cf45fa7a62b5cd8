using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tensors;

/// <summary>Moves the elements of a tensor between its own memory and a place in a file: the system copies them once, and nobody else does.</summary>
internal static class TensorBytes
{
    // The system moves at most 2 GiB at once, and a span has no more.
    private const long Most = 1 << 30;

    /// <summary>Writes all elements, row-major.</summary>
    /// <param name="file">Open for writing.</param>
    /// <param name="place">Of the first byte.</param>
    /// <param name="tensor">Any device and layout.</param>
    public static void Write(SafeFileHandle file, long place, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var bytes = Flat(tensor.detach().cpu().contiguous());
        for (var done = 0L; done < bytes.shape[0]; done += Most)
        {
            RandomAccess.Write(file, Piece(bytes, done, bytes.shape[0] - done), place + done);
        }
    }

    /// <summary>Fills bytes of a tensor.</summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="place">Of the first byte.</param>
    /// <param name="bytes">As <see cref="Flat"/> gives them.</param>
    /// <param name="first">Of the bytes to fill.</param>
    /// <param name="count">Bytes to fill.</param>
    /// <exception cref="EndOfStreamException">The file ends before they are full.</exception>
    public static void Read(SafeFileHandle file, long place, Tensor bytes, long first, long count)
    {
        for (var done = 0L; done < count;)
        {
            var read = RandomAccess.Read(file, Piece(bytes, first + done, count - done), place + done);
            done += read > 0 ? read : throw new EndOfStreamException($"{count - done} bytes more were expected at byte {place + done}.");
        }
    }

    /// <summary>A view of a contiguous tensor on the CPU as its bytes.</summary>
    public static Tensor Flat(Tensor tensor) => Aten.ViewAs(tensor.view(-1), ScalarType.Byte);

    private static Span<byte> Piece(Tensor bytes, long first, long count)
    {
        using var piece = bytes.narrow(0, first, Math.Min(Most, count));
        return piece.bytes;
    }
}
