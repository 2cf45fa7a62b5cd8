using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>What a target reads next of a text.</summary>
/// <param name="Text">Which.</param>
/// <param name="Ids">Token ids that follow what was read.</param>
/// <param name="Answers">For how many of them, from the last, the scores of what comes next are wanted.</param>
internal sealed record Piece(GrowingText Text, IReadOnlyList<long> Ids, int Answers)
{
    /// <summary>How the ids behind the first hang together; null: each follows the one before.</summary>
    public DraftTree? Tree { get; init; }
}

/// <summary>A target that reads on in several texts at once.</summary>
/// <param name="target">Borrowed.</param>
/// <param name="keptLayers">Layers whose output is kept for the draft; none in plain decoding.</param>
internal sealed class TargetReader(TargetModel target, IReadOnlyList<int> keptLayers)
{
    /// <summary>Reads a piece of each text in one forward, and leaves the kept states with the texts.</summary>
    /// <returns>Scores of the words that could come next, [answers, V] for each piece.</returns>
    public IReadOnlyList<Tensor> Read(params IReadOnlyList<Piece> pieces)
    {
        using var scope = NewDisposeScope();
        var device = target.Embedding_VD.device;
        var ids_BT = tensor(pieces.SelectMany(piece => piece.Ids).ToArray(), device: device).unsqueeze(0);
        var places = pieces.Select(piece => Places(piece, device)).ToList();
        var input = new TargetInput(ids_BT) { Positions_ABT = cat(places).view(1, 1, -1) };
        var output = target.Run(input, keptLayers, [.. pieces.Zip(places, Part)]);
        var (from, answered) = (0L, new List<Tensor>());
        foreach (var piece in pieces)
        {
            piece.Text.Take(keptLayers.Count is 0 ? null : output.Hidden_BTLD.narrow(1, from, piece.Ids.Count));
            from += piece.Ids.Count;
            answered.Add(output.Last_BTD[0].narrow(0, from - piece.Answers, piece.Answers));
        }

        var scores_NV = target.Logits(answered.Count is 1 ? answered[0] : cat(answered));
        return [.. scores_NV.split([.. pieces.Select(piece => (long)piece.Answers)]).Select(part => part.MoveToOuterDisposeScope())];
    }

    private static TextPart Part(Piece piece, Tensor places_T) =>
        new(piece.Text.Target, piece.Ids.Count) { Sight = piece.Tree is null ? null : new Sight(piece.Tree.Seen(places_T.device), places_T) };

    private static Tensor Places(Piece piece, Device device)
    {
        var first = piece.Text.Target.Length;
        return piece.Tree is { } tree
            ? tensor(tree.Depths.Select(depth => first + depth).Prepend(first).ToArray(), device: device)
            : Arithmetic.Integers(first, first + piece.Ids.Count, device);
    }
}
