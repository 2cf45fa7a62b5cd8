using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>What the trainer gets: rows of text with what the target thought of them, padded on the right with zeros.</summary>
/// <remarks>The same for every modality, and whether the target runs or its states come from disk.</remarks>
/// <param name="Ids_BT">Tokens, int64.</param>
/// <param name="Mask_BT">bool: true where the token is one that the target answered.</param>
/// <param name="Real_BT">bool: false where a row is padded.</param>
/// <param name="Aux_BTE">The outputs of the kept layers side by side, low to high: E = L·D.</param>
/// <param name="Last_BTD">After the target's final norm: what its head reads.</param>
/// <param name="Positions_ABT">int64.</param>
internal sealed record FeatureBatch(Tensor Ids_BT, Tensor Mask_BT, Tensor Real_BT, Tensor Aux_BTE, Tensor Last_BTD, Tensor Positions_ABT);
