using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>A draft beside one text: reads what the target has read, and proposes a chain of tokens behind it.</summary>
/// <remarks>
/// Row t reads the target's states at t and the token at t + 1. Rows of proposed tokens read the draft's own states; they
/// are taken back after every proposal, so that accepted tokens are read again with the target's states, as servers do.
/// </remarks>
internal sealed class DraftChain(Eagle3Draft draft) : IDisposable
{
    private readonly CachedAttention _seen = new();

    /// <summary>Rows read with the target's states.</summary>
    public int Length => (int)_seen.Length;

    /// <summary>Reads on and proposes.</summary>
    /// <param name="hidden_BTLD">The target's states at the rows not read yet; B is 1, T at least 1.</param>
    /// <param name="next">The token one further than each of these rows.</param>
    /// <param name="count">Length of the chain, at least 1.</param>
    /// <returns>Target ids.</returns>
    public long[] Propose(Tensor hidden_BTLD, IReadOnlyList<long> next, int count)
    {
        using var scope = NewDisposeScope();
        var positions_ABT = Arithmetic.Integers(Length, Length + next.Count, hidden_BTLD.device).view(1, 1, -1);
        var step = draft.Step(new DraftState(draft.Fuse(hidden_BTLD.flatten(2)), positions_ABT, _seen), Ids(next));
        var kept = Length;
        var proposed = new long[count];
        proposed[0] = Best(step);
        for (var j = 1; j < count; j++)
        {
            step = draft.Step(step.State.Last(), Ids([proposed[j - 1]]));
            proposed[j] = Best(step);
        }

        _seen.Truncate(kept);
        return proposed;
    }

    /// <inheritdoc/>
    public void Dispose() => _seen.Dispose();

    private static Tensor Ids(IReadOnlyList<long> ids) => tensor(ids.ToArray()).unsqueeze(0);

    private long Best(DraftStep step) =>
        draft.Vocabulary.ToTarget(draft.Scores(step.Normed_BTD[0, ^1..]).argmax().item<long>());
}
