using AngelSlim.Torch.Layers;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>Attention of a draft that decodes: every row sees itself and all rows before it.</summary>
internal sealed class CachedAttention : IDraftAttention, IDisposable
{
    private readonly KvCache _cache = new(1);

    /// <summary>Rows seen.</summary>
    public long Length => _cache.Length;

    /// <summary>Forgets rows from a length on.</summary>
    public void Truncate(long length) => _cache.Truncate(length);

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    /// <inheritdoc/>
    public Tensor Attend(Tensor q_BTHC, Tensor k_BTKC, Tensor v_BTKC)
    {
        using var scope = NewDisposeScope();
        var (k_BKTC, v_BKTC) = _cache.Append(0, k_BTKC.transpose(1, 2), v_BTKC.transpose(1, 2));
        var (group, rows, all) = (q_BTHC.shape[2] / k_BTKC.shape[2], q_BTHC.shape[1], k_BKTC.shape[2]);
        var mask = rows is 1 ? null : ones([rows, all], @bool, q_BTHC.device).tril(all - rows);
        var out_BHTC = nn.functional.scaled_dot_product_attention(
            q_BTHC.transpose(1, 2), k_BKTC.repeat_interleave(group, 1), v_BKTC.repeat_interleave(group, 1), mask);
        return out_BHTC.transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }
}
