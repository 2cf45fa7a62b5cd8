namespace AngelSlim.Core.Text;

/// <summary>A conversation as the target reads it, and which of its tokens the target would generate.</summary>
/// <param name="Id">Name of the row, unique in its file.</param>
/// <param name="Ids">Token ids; at least one.</param>
/// <param name="Mask">True for tokens that count in training; as long as <paramref name="Ids"/>.</param>
internal sealed record TokenRow(string Id, int[] Ids, bool[] Mask)
{
    /// <summary>Tokens that count.</summary>
    public int Counted => Mask.AsSpan().Count(true);

    /// <summary>The first tokens of the row; nothing about the mask changes by cutting.</summary>
    public TokenRow Cut(int tokens) => tokens >= Ids.Length ? this : new TokenRow(Id, Ids[..tokens], Mask[..tokens]);
}
