using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>A draft in training: from every token of a text at once it drafts on, reading the text's own words.</summary>
internal static class Unroll
{
    /// <summary>Runs the steps.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="aux_BTE">The target's kept states side by side.</param>
    /// <param name="ids_BT">The texts as they stand. Past the end of one the draft reads word 0.</param>
    /// <param name="positions_ABT">The target's positions.</param>
    /// <param name="documents">Which tokens are whose.</param>
    /// <param name="steps">How far to go.</param>
    /// <returns>Per step k and row t what came of reading token t+1+k at position t + k.</returns>
    public static IReadOnlyList<DraftStep> Over(Eagle3Draft draft, Tensor aux_BTE, Tensor ids_BT, Tensor positions_ABT, Documents documents, int steps)
    {
        var (rows, tokens) = (ids_BT.shape[0], ids_BT.shape[1]);
        positions_ABT.Shaped([-1, rows, tokens]);
        using var attention = new UnrolledAttention(documents);
        var state = new DraftState(draft.Fuse(aux_BTE), positions_ABT, attention);
        var taken = new List<DraftStep>(steps);
        for (var k = 0; k < steps; k++)
        {
            taken.Add(draft.Step(state, documents.Ahead(ids_BT, k + 1)));
            state = taken[^1].State;
        }

        return taken;
    }
}
