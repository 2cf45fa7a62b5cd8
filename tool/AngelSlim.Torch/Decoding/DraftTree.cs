using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>What a draft proposes behind the last token of a text. A chain is a tree without branches.</summary>
/// <param name="Tokens">Target ids, parents before their children.</param>
/// <param name="Parents">Of each its parent's place in the same list; -1: it follows the text.</param>
internal sealed record DraftTree(IReadOnlyList<long> Tokens, IReadOnlyList<int> Parents)
{
    /// <summary>Nothing, as in plain decoding.</summary>
    public static DraftTree Empty { get; } = new([], []);

    /// <summary>Of each the sum of log-probabilities from the first of its path on, by the draft; empty where nobody needs them.</summary>
    public IReadOnlyList<double> Scores { get; init; } = [];

    /// <summary>Of each the probabilities that it was drawn by; empty when the draft proposes what it likes best, without chance.</summary>
    public IReadOnlyList<DraftProbabilities> Drawn { get; init; } = [];

    /// <summary>Whether each follows the one before.</summary>
    public bool IsChain => Parents.Index().All(parent => parent.Item == parent.Index - 1);

    /// <summary>How many tokens each lies behind the text, from 1.</summary>
    public IReadOnlyList<int> Depths
    {
        get
        {
            var depths = new int[Parents.Count];
            for (var node = 0; node < depths.Length; node++)
            {
                depths[node] = Parents[node] < 0 ? 1 : depths[Parents[node]] + 1;
            }

            return depths;
        }
    }

    /// <summary>Each token after the other.</summary>
    public static DraftTree Chain(IReadOnlyList<long> tokens) => new(tokens, [.. Enumerable.Range(-1, tokens.Count)]);

    /// <summary>The places of what could follow a place, in the order in which they are judged.</summary>
    /// <param name="parent">-1: the text.</param>
    public IEnumerable<int> Children(int parent) => Enumerable.Range(0, Parents.Count).Where(node => Parents[node] == parent);

    /// <summary>Bool, [1 + N, 1 + N]: what the text's last token and then each drafted one sees of all these.</summary>
    public Tensor Seen(Device device)
    {
        var size = Tokens.Count + 1;
        var seen = new bool[size * size];
        seen[0] = true;
        for (var row = 1; row < size; row++)
        {
            // What its parent sees, and itself.
            seen.AsSpan((Parents[row - 1] + 1) * size, size).CopyTo(seen.AsSpan(row * size));
            seen[(row * size) + row] = true;
        }

        return tensor(seen, device: device).view(size, size);
    }
}

/// <summary>What a draft drew a word from.</summary>
/// <param name="Words">Target ids, ascending.</param>
/// <param name="Shares">Of each, together 1; every other word has 0.</param>
/// <param name="Drawn">The place of the word that was drawn.</param>
internal sealed record DraftProbabilities(IReadOnlyList<long> Words, IReadOnlyList<float> Shares, int Drawn);
