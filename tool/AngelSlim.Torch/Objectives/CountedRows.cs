using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>One target state that teaches the unroll.</summary>
/// <param name="Teacher">Its row in B·T; B·T itself for the state past the end of a row, which is zero.</param>
/// <param name="FirstDraft">The row in B·T that it teaches at unroll step 0. Step k is taught at the row k before.</param>
/// <param name="Depth">It teaches steps 0 to Depth − 1; at least 1.</param>
internal readonly record struct TaughtRow(int Teacher, int FirstDraft, int Depth);

/// <summary>Which rows of which unroll steps count, worked out from the loss mask.</summary>
/// <remarks>
/// At step k, row t reads token s = t+1+k and is taught by the target's state at s, which predicts token s+1. Seen from
/// the target, the state at s teaches step k at row s−1−k. Under every gate the steps that a state teaches are the first
/// ones: those whose row is in the text and, for the exact gate, whose words t+1 to s+1 lie in one answer.
/// </remarks>
internal static class CountedRows
{
    /// <summary>The states that teach, ascending.</summary>
    /// <param name="mask_BT">Any type: not 0 where the token is one that the target answered; under <see cref="Gate.All"/> where there is a token.</param>
    /// <param name="documents">Which tokens are whose.</param>
    /// <param name="unroll">Unroll steps.</param>
    /// <param name="gate">Which positions count.</param>
    public static IReadOnlyList<TaughtRow> Of(Tensor mask_BT, Documents documents, int unroll, Gate gate)
    {
        mask_BT.Shaped([-1, -1]);
        using var scope = NewDisposeScope();
        var mask = mask_BT.to(@bool).contiguous().data<bool>().ToArray();
        var taught = new List<TaughtRow>();
        foreach (var (start, tokens) in documents.Ranges)
        {
            var runs = Runs(mask.AsSpan(start, tokens));

            // The state at the text's length does not exist: AngelSlim fills it with zeros and lets it teach.
            for (var s = 1; s <= tokens; s++)
            {
                var depth = Math.Min(Depth(runs, s, gate), unroll);
                if (depth > 0)
                {
                    taught.Add(new(s < tokens ? start + s : mask.Length, start + s - 1, depth));
                }
            }
        }

        return taught;
    }

    private static int Depth(int[] runs, int s, Gate gate) => gate switch
    {
        Gate.Exact or Gate.All => s + 1 < runs.Length ? Math.Min(s, runs[s + 1] - 1) : 0,
        Gate.Next => s < runs.Length && runs[s] > 0 ? s : 0,
        Gate.Angelslim => runs[s - 1] > 0 ? s : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(gate), gate, message: null),
    };

    /// <summary>For every token, how many words of its answer end with it; 0 outside answers.</summary>
    private static int[] Runs(ReadOnlySpan<bool> mask)
    {
        var runs = new int[mask.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            runs[i] = mask[i] ? (i > 0 ? runs[i - 1] : 0) + 1 : 0;
        }

        return runs;
    }
}
