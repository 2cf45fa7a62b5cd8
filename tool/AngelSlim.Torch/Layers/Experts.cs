using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>How tokens are given to experts.</summary>
/// <param name="Chosen">Experts that a token is given to, at least 1.</param>
/// <param name="SharesSumToOne">The shares of the chosen ones are divided by their sum.</param>
public readonly record struct Routing(int Chosen, bool SharesSumToOne);

/// <summary>A mixture of experts: each token is given to the few that its router scores best, and gets the weighted sum of what they make of it.</summary>
/// <remarks>
/// Tokens are sorted by expert, so that an expert that was chosen is one product of matrices and one that was not costs
/// nothing. Sums are taken in the order of the experts: they do not depend on which other tokens are in the batch.
/// </remarks>
/// <param name="router">D to the number of experts (E), without bias.</param>
/// <param name="experts">E of them.</param>
/// <param name="routing">How many a token is given to.</param>
public sealed class Experts(Projection router, IReadOnlyList<IMlp> experts, Routing routing) : IMlp
{
    /// <inheritdoc/>
    public Tensor Apply(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var hidden_ND = hidden.flatten(0, -2);
        var (share_NE, expert_NE) = Choose(hidden_ND);

        // Pairs of token and expert by expert, and within one by token: no two keys are equal, so any sort gives this order.
        var expert_P = expert_NE.flatten();
        var pairs = expert_P.shape[0];
        var order_P = expert_P.Times(pairs).Plus(Arithmetic.Integers(0, pairs, hidden.device)).argsort(0);
        var token_P = order_P.floor_divide(tensor((long)routing.Chosen, int64, hidden.device));
        var share_P1 = share_NE.flatten().index_select(0, order_P).unsqueeze(1);
        var counts = expert_P.bincount(null, experts.Count).cpu().data<long>().ToArray();

        var sum_ND = zeros_like(hidden_ND);
        var from = 0L;
        for (var expert = 0; expert < experts.Count; expert++)
        {
            if (counts[expert] > 0)
            {
                using var one = NewDisposeScope();
                var rows = token_P.narrow(0, from, counts[expert]);
                var made = experts[expert].Apply(hidden_ND.index_select(0, rows)) * share_P1.narrow(0, from, counts[expert]);
                sum_ND.AddRowsInPlace(rows, made);
                from += counts[expert];
            }
        }

        return sum_ND.view(hidden.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The scores are rounded to the activations' type, the softmax over all experts is float32, the shares are rounded again: as the reference.</summary>
    private (Tensor Share_NE, Tensor Expert_NE) Choose(Tensor hidden_ND)
    {
        var chances = nn.functional.softmax(router.Apply(hidden_ND), dim: -1, dtype: float32);
        var (share_NE, expert_NE) = chances.topk(routing.Chosen, -1);
        var shares = routing.SharesSumToOne ? share_NE / share_NE.sum(-1, keepdim: true) : share_NE;
        return (shares.to(hidden_ND.dtype), expert_NE);
    }
}
