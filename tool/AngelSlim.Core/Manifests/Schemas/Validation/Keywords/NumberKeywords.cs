namespace AngelSlim.Core.Manifests.Schemas.Validation.Keywords;

/// <summary>The limits of numbers.</summary>
internal static class NumberKeywords
{
    public static void Check(Held held)
    {
        var number = ExactNumber.Parse(held.Value.Text);
        Break(held, "minimum", limit => number < limit);
        Break(held, "maximum", limit => number > limit);
        Break(held, "exclusiveMinimum", limit => number <= limit);
        Break(held, "exclusiveMaximum", limit => number >= limit);
        Break(held, "multipleOf", unit => unit > ExactNumber.Of(0) && !number.IsMultipleOf(unit));
    }

    private static void Break(Held held, string keyword, Func<ExactNumber, bool> isBroken)
    {
        if (held.Limit(keyword) is { } limit && isBroken(limit))
        {
            held.Report(keyword);
        }
    }
}
