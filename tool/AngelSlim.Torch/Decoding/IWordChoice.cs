using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>Says what a text goes on with, by the target's scores.</summary>
internal interface IWordChoice
{
    /// <summary>Walks from the text's end along what was proposed, as long as it is what the target goes on with; then the target's own word.</summary>
    /// <param name="proposal">N - 1 tokens.</param>
    /// <param name="scores_NV">The target's, behind the text and behind each proposed token.</param>
    DecodeRound Judge(DraftTree proposal, Tensor scores_NV);
}

/// <summary>The best word, always.</summary>
internal sealed class GreedyChoice : IWordChoice
{
    /// <inheritdoc/>
    public DecodeRound Judge(DraftTree proposal, Tensor scores_NV)
    {
        using var scope = NewDisposeScope();
        var answers = scores_NV.argmax(-1).cpu().data<long>().ToArray();
        var (node, path) = (-1, new List<int>());
        while (proposal.Children(node).FirstOrDefault(child => proposal.Tokens[child] == answers[node + 1], -1) is >= 0 and var next)
        {
            path.Add(node = next);
        }

        return DecodeRound.Of(proposal, path, answers[node + 1]);
    }
}

/// <summary>Words drawn by the target's probabilities, whatever is proposed.</summary>
/// <remarks>
/// Rejection sampling (Leviathan et al., arXiv 2211.17192): a proposed x is taken with probability min(1, p(x)/q(x)), else
/// p becomes max(p - q, 0), scaled to 1. A proposal without chance has q(x) = 1: it is taken with p(x), else p becomes p
/// without x, and the next proposal at the same place is judged by that, as in EAGLE's trees. Either way each word comes
/// with exactly p.
/// </remarks>
/// <param name="sampling">From scores to probabilities.</param>
/// <param name="share">Numbers from 0 to below 1: one for each proposed token that is judged, and one for the target's own word.</param>
internal sealed class SampledChoice(Sampling sampling, Func<double> share) : IWordChoice
{
    /// <inheritdoc/>
    public DecodeRound Judge(DraftTree proposal, Tensor scores_NV)
    {
        var weights = sampling.Rows(scores_NV);
        var (node, path) = (-1, new List<int>());
        while (proposal.Children(node).FirstOrDefault(child => Takes(proposal, child, weights[proposal.Parents[child] + 1]), -1) is >= 0 and var next)
        {
            path.Add(node = next);
        }

        return DecodeRound.Of(proposal, path, Sampling.Draw(weights[node + 1], share()));
    }

    /// <summary>Takes a proposed token, or takes it out of the weights.</summary>
    private bool Takes(DraftTree proposal, int node, float[] weights)
    {
        var token = proposal.Tokens[node];
        if (proposal.Drawn.Count is 0)
        {
            var isTaken = share() * Sampling.Total(weights) < weights[token];
            weights[token] = isTaken ? weights[token] : 0;
            return isTaken;
        }

        var drawn = proposal.Drawn[node];
        if (share() * drawn.Shares[drawn.Drawn] < weights[token])
        {
            return true;
        }

        Subtract(drawn, weights);
        return false;
    }

    private static void Subtract(DraftProbabilities drawn, float[] weights)
    {
        var left = weights.ToArray();
        for (var w = 0; w < drawn.Shares.Count; w++)
        {
            left[drawn.Words[w]] = Math.Max(0, left[drawn.Words[w]] - drawn.Shares[w]);
        }

        // Nothing is left only where the two are equal but for rounding; then the word is as good from one as from the other.
        if (left.Any(weight => weight > 0))
        {
            left.CopyTo(weights, 0);
        }
    }
}
