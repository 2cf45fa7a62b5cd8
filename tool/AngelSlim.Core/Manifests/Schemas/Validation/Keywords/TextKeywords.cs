namespace AngelSlim.Core.Manifests.Schemas.Validation.Keywords;

/// <summary>The limits of texts.</summary>
internal static class TextKeywords
{
    public static void Check(Held held)
    {
        var text = held.Value.Text;
        if (held.Limit("minLength") is { } least && Length(text) < least)
        {
            held.Report("minLength");
        }

        if (held.Limit("maxLength") is { } most && Length(text) > most)
        {
            held.Report("maxLength");
        }

        if (held.Keyword("pattern") is { } pattern && !held.Matches(text, pattern.Text, pattern.Place))
        {
            held.Report("pattern");
        }
    }

    /// <summary>In code points.</summary>
    private static ExactNumber Length(string text) => ExactNumber.Of(text.EnumerateRunes().Count());
}
