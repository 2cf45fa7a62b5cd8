using AngelSlim.Core.Statistics;
using AngelSlim.Torch.Layers;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>A text that is decoded, with what target and draft remember of it.</summary>
/// <param name="prompt">Token ids, at least one.</param>
/// <param name="layers">Of the target.</param>
/// <param name="random">What is drawn for this text, and for no other.</param>
internal sealed class GrowingText(IReadOnlyList<long> prompt, int layers, Chooser random) : IDisposable
{
    private Tensor? _hidden_BTLD;

    /// <summary>The prompt and what came after it. The target has not read the last token.</summary>
    public List<long> Tokens { get; } = [.. prompt];

    /// <summary>Tokens that were not in the prompt.</summary>
    public int NewTokens => Tokens.Count - prompt.Count;

    /// <summary>What the target has read.</summary>
    public KvCache Target { get; } = new(layers);

    /// <summary>What the draft has read with the target's states; its row t is of the states at t and the token at t + 1.</summary>
    public KvCache Draft { get; } = new(1);

    /// <summary>What is drawn for this text.</summary>
    public Chooser Random { get; } = random;

    /// <summary>The kept layers' outputs at the tokens of the last piece; B is 1. Valid until the next piece.</summary>
    public Tensor Hidden_BTLD => _hidden_BTLD ?? throw new InvalidOperationException("Nothing was read, or no layer is kept.");

    /// <summary>The target has read a piece.</summary>
    /// <param name="hidden_BTLD">The kept layers' outputs; null when none is kept.</param>
    public void Take(Tensor? hidden_BTLD)
    {
        var last = _hidden_BTLD;
        _hidden_BTLD = hidden_BTLD?.alias().DetachFromDisposeScope();
        last?.Dispose();
    }

    /// <summary>Takes back what was read of the last piece, but for its first token and a path behind it.</summary>
    /// <param name="drafted">Tokens of the piece behind the first.</param>
    /// <param name="path">Which of them stay, ascending.</param>
    public void Keep(int drafted, IReadOnlyList<int> path)
    {
        var begin = Target.Length - drafted;
        Target.Keep(begin, [.. path.Select(node => begin + node)]);
        if (_hidden_BTLD is { } hidden_BTLD)
        {
            using var scope = NewDisposeScope();
            Take(hidden_BTLD.index_select(1, tensor(path.Select(node => node + 1L).Prepend(0L).ToArray(), device: hidden_BTLD.device)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Target.Dispose();
        Draft.Dispose();
        _hidden_BTLD?.Dispose();
    }
}
