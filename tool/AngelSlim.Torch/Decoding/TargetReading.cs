using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>A target that reads one text piece by piece, and takes back what turns out to be no part of it.</summary>
/// <param name="target">Borrowed.</param>
/// <param name="keptLayers">Layers whose output is kept for the draft; none in plain decoding.</param>
internal sealed class TargetReading(TargetModel target, IReadOnlyList<int> keptLayers) : IDisposable
{
    private readonly KvCache _cache = new(target.Config.Layers);
    private Tensor? _hidden_BTLD;

    /// <summary>The kept layers' outputs at the rows of the last piece; B is 1. Valid until the next piece.</summary>
    public Tensor Hidden_BTLD => _hidden_BTLD ?? throw new InvalidOperationException("Nothing was read, or no layer is kept.");

    /// <summary>Reads a piece and says what the target would go on with.</summary>
    /// <param name="piece">Token ids that follow what was read.</param>
    /// <param name="answers">For how many rows of the piece, from its end.</param>
    /// <returns>The best next token of each of these rows.</returns>
    public long[] Read(IReadOnlyList<long> piece, int answers)
    {
        using var scope = NewDisposeScope();
        var output = target.Run(new TargetInput(tensor(piece.ToArray()).unsqueeze(0)), keptLayers, _cache);
        Replace(keptLayers.Count is 0 ? null : output.Hidden_BTLD);
        var last_ND = output.Last_BTD[0, ^answers.., ..];
        return target.Logits(last_ND).argmax(-1).data<long>().ToArray();
    }

    /// <summary>Takes back what was read beyond a length, from the cache and from <see cref="Hidden_BTLD"/>.</summary>
    /// <param name="length">Tokens of the text that stay read.</param>
    public void Keep(long length)
    {
        var refused = _cache.Length - length;
        _cache.Truncate(length);
        if (_hidden_BTLD is { } hidden_BTLD)
        {
            Replace(hidden_BTLD[.., ..^(int)refused]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        _hidden_BTLD?.Dispose();
    }

    private void Replace(Tensor? hidden_BTLD)
    {
        var last = _hidden_BTLD;
        _hidden_BTLD = hidden_BTLD?.alias().DetachFromDisposeScope();
        last?.Dispose();
    }
}
