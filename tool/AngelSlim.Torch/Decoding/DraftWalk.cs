using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>How much of a chain would be accepted at every token of a greedy text, found in one pass: so the rounds for every length of chain are known.</summary>
/// <remarks>
/// Greedy text does not depend on the draft, and what a draft proposes behind a token depends on the text up to there alone,
/// since accepted tokens are read again with the target's states. So one forward of the target has the states that any round
/// starts from, and the draft drafts behind all tokens at once, as in a training unroll, but reading its own proposals. Not
/// for trees, and not where words are drawn.
/// </remarks>
/// <param name="target">Borrowed.</param>
/// <param name="draft">Borrowed.</param>
/// <param name="longest">Tokens of the longest chain, at least 1.</param>
internal sealed class DraftWalk(TargetModel target, Eagle3Draft draft, int longest)
{
    private readonly Decoder _plain = new(target);

    /// <summary>Drafts behind every token of a text but its last.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="text">The new tokens; greedy.</param>
    /// <returns>For each new token but the last how many drafted tokens behind it the target goes on with, 0 to the longest chain.</returns>
    public IReadOnlyList<int> Matches(IReadOnlyList<long> prompt, IReadOnlyList<long> text)
    {
        if (text.Count < 2)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();

        // The target goes on behind the end too: servers count what a last round accepts there.
        var behind = _plain.Decode([.. prompt, .. text], new DecodeLimits(longest, new HashSet<long>())).Tokens;
        long[] ids = [.. prompt, .. text, .. behind];
        var chains = Chains([.. prompt], ids[prompt.Count..(prompt.Count + text.Count - 1)]);
        return [.. chains.Select((chain, i) => chain.AsSpan().CommonPrefixLength(ids.AsSpan(prompt.Count + i + 1)))];
    }

    /// <summary>The rounds of one length of chain: each ends with a token of the target's own.</summary>
    /// <param name="matches">As <see cref="Matches"/> gives them.</param>
    /// <param name="tokens">Of the chain (k), at most the longest.</param>
    /// <returns>Accepted tokens of each round.</returns>
    public static IReadOnlyList<int> Rounds(IReadOnlyList<int> matches, int tokens)
    {
        var rounds = new List<int>();
        for (var last = 0; last < matches.Count; last += rounds[^1] + 1)
        {
            rounds.Add(Math.Min(matches[last], tokens));
        }

        return rounds;
    }

    /// <summary>What the draft proposes behind each token of the text.</summary>
    private long[][] Chains(long[] prompt, long[] text)
    {
        var (hidden_BTLD, positions_ABT) = States(prompt, text);
        var ids_BT = tensor([.. prompt, .. text]).unsqueeze(0);

        // A row stands before the token behind which it drafts; those within the prompt are only looked at.
        var (rows, first) = (ids_BT.shape[1] - 1, prompt.Length - 1);
        using var attention = new UnrolledAttention(Documents.Rows(ids_BT.narrow(1, 0, rows)));
        var state = new DraftState(draft.Fuse(hidden_BTLD.narrow(1, 0, rows).flatten(2)), positions_ABT.narrow(2, 0, rows), attention);
        var read_BT = ids_BT.narrow(1, 1, rows);
        var chains = text.Select(_ => new long[longest]).ToArray();
        for (var k = 0; k < longest; k++)
        {
            var step = draft.Step(state, read_BT);
            var drafted = Array.ConvertAll(draft.Scores(step.Normed_BTD[0, first..]).argmax(-1).data<long>().ToArray(), draft.Vocabulary.ToTarget);
            for (var row = 0; row < chains.Length; row++)
            {
                chains[row][k] = drafted[row];
            }

            (state, read_BT) = (step.State, tensor([.. new long[first], .. drafted]).unsqueeze(0));
        }

        return chains;
    }

    /// <summary>The prompt at once and the text behind it, as decoding reads them: a rotation may grow with what is read at once.</summary>
    private (Tensor Hidden_BTLD, Tensor Positions_ABT) States(long[] prompt, long[] text)
    {
        using var cache = new KvCache(target.Config.Layers);
        TargetOutput Read(long[] ids) => target.Run(new TargetInput(tensor(ids).unsqueeze(0)), draft.Config.HiddenLayers, cache);
        var (before, after) = (Read(prompt), Read(text));
        return (cat([before.Hidden_BTLD, after.Hidden_BTLD], 1), cat([before.Positions_ABT, after.Positions_ABT], 2));
    }
}
