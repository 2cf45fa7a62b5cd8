namespace AngelSlim.Core.Text;

/// <summary>Judges whether tokens that somebody says a target produced can be that target's answer.</summary>
internal static class ProducedTokens
{
    /// <summary>What is wrong with them; null when nothing is.</summary>
    /// <param name="tokenizer">The target's.</param>
    /// <param name="stopTokens">The target's end tokens.</param>
    /// <param name="produced">The tokens.</param>
    /// <param name="said">The answer's text; null when it has none.</param>
    /// <param name="whose">For the message: <c>of message 3</c>.</param>
    public static string? Fault(Tokenizer tokenizer, IReadOnlySet<int> stopTokens, int[] produced, string? said, string whose)
    {
        if (Array.Find(produced, id => id >= tokenizer.VocabularySize) is > 0 and var outside)
        {
            return $"token id {outside} {whose} is not in this target's vocabulary of {tokenizer.VocabularySize}";
        }

        if (produced.AsSpan(0, Math.Max(0, produced.Length - 1)).ContainsAny([.. stopTokens]))
        {
            return $"the tokens {whose} go on behind an end token";
        }

        // A character that was cut in its middle is one U+FFFD or more here, and nothing in the row's text.
        return said is not null && Bare(tokenizer.Decode(produced, skipSpecial: true)) != Bare(said)
            ? $"the tokens {whose} do not say its text; did another model produce them?"
            : null;

        static string Bare(string text) => text.Trim().TrimEnd('\uFFFD').TrimEnd();
    }
}
