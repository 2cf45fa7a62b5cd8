using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>Proposes how texts could go on.</summary>
internal interface IDrafter
{
    /// <summary>Layers of the target whose states it reads.</summary>
    IReadOnlyList<int> HiddenLayers { get; }

    /// <summary>Reads what the target has read since the last time, and proposes.</summary>
    /// <param name="texts">In all of them the target has read all but the last token.</param>
    IReadOnlyList<DraftTree> Propose(IReadOnlyList<GrowingText> texts);
}

/// <summary>A draft that reads on in several texts at once.</summary>
/// <remarks>
/// Row t reads the target's states at t and the token at t + 1. Rows of proposed tokens read the draft's own states; they
/// are taken back after every proposal, so that accepted tokens are read again with the target's states, as servers do.
/// </remarks>
/// <param name="draft">Borrowed.</param>
internal sealed class DraftReader(Eagle3Draft draft)
{
    /// <summary>Reads the rows that the target has read and the draft has not.</summary>
    /// <returns>Of each text the last row, in the current dispose scope.</returns>
    public DraftStep Begin(IReadOnlyList<GrowingText> texts)
    {
        using var scope = NewDisposeScope();
        var next = texts.Select(text => text.Tokens[((int)text.Draft.Length + 1)..]).ToList();
        var hidden_BTLD = texts.Count is 1 ? texts[0].Hidden_BTLD : cat([.. texts.Select(text => text.Hidden_BTLD)], dim: 1);
        var positions_T = cat([.. texts.Zip(next, (text, tokens) => Arithmetic.Integers(text.Draft.Length, text.Draft.Length + tokens.Count, hidden_BTLD.device))]);
        var parts = texts.Zip(next, (text, tokens) => new TextPart(text.Draft, tokens.Count)).ToList();
        var state = new DraftState(draft.Fuse(hidden_BTLD.flatten(2)), positions_T.view(1, 1, -1), new CachedAttention(parts));
        var step = draft.Step(state, Ids(next.SelectMany(tokens => tokens), hidden_BTLD.device));
        var ends = next.Aggregate(new List<long>(), (sofar, tokens) => [.. sofar, (sofar.Count is 0 ? -1 : sofar[^1]) + tokens.Count]);
        return Kept(step.Rows(ends));
    }

    /// <summary>Reads proposed tokens with the states that proposed them.</summary>
    /// <param name="step">One row for each of them.</param>
    /// <param name="tokens">Target ids.</param>
    /// <param name="parts">Whose they are.</param>
    public DraftStep Next(DraftStep step, IEnumerable<long> tokens, IReadOnlyList<TextPart> parts)
    {
        using var scope = NewDisposeScope();
        return Kept(draft.Step(step.State with { Attention = new CachedAttention(parts) }, Ids(tokens, step.Normed_BTD.device)));
    }

    /// <summary>Scores of the draft words behind each row, [N, W].</summary>
    public Tensor Scores(DraftStep step) => draft.Scores(step.Normed_BTD[0]);

    private static Tensor Ids(IEnumerable<long> ids, Device device) => tensor(ids.ToArray(), device: device).unsqueeze(0);

    private static DraftStep Kept(DraftStep step)
    {
        if (!ReferenceEquals(step.State.Hidden_BTD, step.Normed_BTD))
        {
            _ = step.State.Hidden_BTD.MoveToOuterDisposeScope();
        }

        _ = step.State.Positions_ABT.MoveToOuterDisposeScope();
        return step with { Normed_BTD = step.Normed_BTD.MoveToOuterDisposeScope() };
    }
}
