using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>Keys and values of the tokens so far, layer by layer, in memory that grows by doubling.</summary>
/// <remarks>For decoding only: what is written into it has no gradient.</remarks>
/// <param name="layers">Of the target.</param>
public sealed class KvCache(int layers) : IDisposable
{
    private const long FirstCapacity = 128;
    private readonly Tensor?[] _keys = new Tensor?[layers];
    private readonly Tensor?[] _values = new Tensor?[layers];
    private readonly long[] _lengths = new long[layers];

    /// <summary>Tokens that every layer holds.</summary>
    public long Length => _lengths[^1];

    /// <summary>Adds the next tokens of one layer.</summary>
    /// <param name="layer">0-based.</param>
    /// <param name="k_BKTC">The new keys, rotated.</param>
    /// <param name="v_BKTC">The new values.</param>
    /// <returns>Views of all keys and values of the layer, T being all tokens; good until the next call.</returns>
    public (Tensor K_BKTC, Tensor V_BKTC) Append(int layer, Tensor k_BKTC, Tensor v_BKTC)
    {
        v_BKTC.Shaped(k_BKTC.shape);
        var from = _lengths[layer];
        var to = _lengths[layer] = from + k_BKTC.shape[2];
        return (Write(ref _keys[layer], k_BKTC, from, to), Write(ref _values[layer], v_BKTC, from, to));
    }

    /// <summary>Forgets all tokens from a length on: rolls back what was drafted in vain.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer tokens.</exception>
    public void Truncate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Array.Fill(_lengths, length);
    }

    /// <summary>Forgets all tokens from a length on but these, which move up behind it: keeps the path of a tree that was taken.</summary>
    /// <param name="length">Tokens that stay as they are.</param>
    /// <param name="kept">Ascending places of further tokens, none below <paramref name="length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer tokens.</exception>
    public void Keep(long length, IReadOnlyList<long> kept)
    {
        if (kept.Index().Any(place => place.Item != length + place.Index))
        {
            using var scope = NewDisposeScope();
            var kept_N = tensor(kept.ToArray(), device: _keys[0]!.device);
            foreach (var buffer_BKTC in _keys.Concat(_values))
            {
                buffer_BKTC!.narrow(2, length, kept.Count).copy_(buffer_BKTC.index_select(2, kept_N));
            }
        }

        Truncate(length + kept.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
        {
            tensor?.Dispose();
        }
    }

    private static Tensor Write(ref Tensor? buffer, Tensor added_BKTC, long from, long to)
    {
        if (buffer is null || buffer.shape[2] < to)
        {
            buffer = Grown(buffer, added_BKTC, from, to);
        }

        using var scope = NewDisposeScope();
        buffer.narrow(2, from, to - from).copy_(added_BKTC);
        return buffer.narrow(2, 0, to).MoveToOuterDisposeScope();
    }

    private static Tensor Grown(Tensor? buffer, Tensor added_BKTC, long from, long to)
    {
        using var scope = NewDisposeScope();
        var shape = added_BKTC.shape;
        shape[2] = Math.Max(FirstCapacity, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)to));
        var larger = empty(shape, added_BKTC.dtype, added_BKTC.device).DetachFromDisposeScope();
        if (buffer is not null)
        {
            larger.narrow(2, 0, from).copy_(buffer.narrow(2, 0, from));
            buffer.Dispose();
        }

        return larger;
    }
}
