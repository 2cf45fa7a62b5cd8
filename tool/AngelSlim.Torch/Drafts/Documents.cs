using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>Texts laid end to end along one axis: which tokens are whose.</summary>
/// <remarks>Nothing is padded, and nothing of one text is seen by another: attention, teaching and reading end where a text does.</remarks>
/// <param name="Lengths">Tokens of each, from 1, in their order.</param>
internal sealed record Documents(IReadOnlyList<int> Lengths)
{
    /// <summary>Tokens of all.</summary>
    public int Tokens => Lengths.Sum();

    /// <summary>Where each begins and how long it is.</summary>
    public IEnumerable<(int Start, int Length)> Ranges
    {
        get
        {
            var start = 0;
            foreach (var length in Lengths)
            {
                yield return (start, length);
                start += length;
            }
        }
    }

    /// <summary>Rows of one length above each other, which are the same as laid end to end.</summary>
    public static Documents Rows(Tensor ids_BT) => new([.. Enumerable.Repeat((int)ids_BT.shape[1], (int)ids_BT.shape[0])]);

    /// <summary>What stands some places further on in the same text; 0 past its end.</summary>
    /// <param name="ids_BT">All texts, int64.</param>
    /// <param name="places">From 0.</param>
    /// <returns>As the ids.</returns>
    public Tensor Ahead(Tensor ids_BT, int places)
    {
        using var scope = NewDisposeScope();
        var ids_N = ids_BT.flatten();
        var ahead_N = zeros_like(ids_N);
        foreach (var (start, length) in Ranges.Where(range => range.Length > places))
        {
            ahead_N.narrow(0, start, length - places).copy_(ids_N.narrow(0, start + places, length - places));
        }

        return ahead_N.view(ids_BT.shape).MoveToOuterDisposeScope();
    }
}
