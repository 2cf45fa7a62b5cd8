using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>How far the draft's distribution lies from the target's, row by row.</summary>
internal interface IObjective
{
    /// <summary>The loss of each row, and its gradient.</summary>
    /// <param name="target_NW">Target probabilities over the draft words, float32; each row sums to 1. Left as it is.</param>
    /// <param name="scores_NW">Draft scores before softmax, float32. Left as it is.</param>
    /// <returns>The loss of each row in nats, and the gradient of that row's scores.</returns>
    (Tensor Loss_N, Tensor Gradient_NW) Of(Tensor target_NW, Tensor scores_NW);

    /// <summary>Whether a row's loss depends on how well all rows do: they are judged twice then.</summary>
    bool ReadsMeanOverlap => false;

    /// <summary>The loss of an unroll step's rows.</summary>
    /// <param name="meanOverlap">Mean over all counted rows of Σ min(P, Q), 0 to 1. Not differentiated.</param>
    IObjective At(double meanOverlap) => this;
}
