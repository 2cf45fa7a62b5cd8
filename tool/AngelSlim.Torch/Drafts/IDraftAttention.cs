using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>What the draft's layer attends to: earlier unroll steps in training, a cache in decoding.</summary>
internal interface IDraftAttention
{
    /// <summary>Attends at the next step, and remembers its keys and values.</summary>
    /// <param name="q_BTHC">Queries, position already applied.</param>
    /// <param name="k_BTKC">This step's keys, position already applied; K divides H.</param>
    /// <param name="v_BTKC">This step's values.</param>
    /// <returns>[B, T, H, C] in the type of the queries.</returns>
    Tensor Attend(Tensor q_BTHC, Tensor k_BTKC, Tensor v_BTKC);
}
