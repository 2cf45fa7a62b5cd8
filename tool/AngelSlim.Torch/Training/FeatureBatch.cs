using AngelSlim.Torch.Drafts;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>What the trainer gets: texts laid end to end, with what the target thought of them. B is 1.</summary>
/// <remarks>The same for every modality, and whether the target runs or its states come from disk.</remarks>
/// <param name="Ids_BT">Tokens, int64.</param>
/// <param name="Mask_BT">bool: true where the token is one that the target answered.</param>
/// <param name="Aux_BTE">The outputs of the kept layers side by side, low to high: E = L·D.</param>
/// <param name="Last_BTD">After the target's final norm: what its head reads.</param>
/// <param name="Positions_ABT">int64; each text from its own first.</param>
/// <param name="Documents">Which tokens are whose.</param>
internal sealed record FeatureBatch(Tensor Ids_BT, Tensor Mask_BT, Tensor Aux_BTE, Tensor Last_BTD, Tensor Positions_ABT, Documents Documents);
