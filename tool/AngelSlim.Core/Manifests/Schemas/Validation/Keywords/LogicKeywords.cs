using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas.Validation.Keywords;

/// <summary><c>allOf</c>, <c>anyOf</c>, <c>oneOf</c>, <c>not</c>, and <c>if</c> with <c>then</c> and <c>else</c>.</summary>
internal static class LogicKeywords
{
    public static void Check(Held held)
    {
        foreach (var part in held.Keyword("allOf")?.Items ?? [])
        {
            held.Demand(part);
        }

        if (held.Keyword("anyOf") is { } any)
        {
            var outcomes = Outcomes(held, any);
            Keep(held, outcomes);
            if (!outcomes.Exists(outcome => outcome.IsValid))
            {
                Explain(held, "anyOf", outcomes);
            }
        }

        if (held.Keyword("oneOf") is { } one)
        {
            One(held, Outcomes(held, one));
        }

        if (held.Keyword("not") is { } not && held.Try(not).IsValid)
        {
            held.Report("not");
        }

        if (held.Keyword("if") is { } condition)
        {
            var outcome = held.Try(condition);
            Keep(held, [outcome]);
            if (held.Keyword(outcome.IsValid ? "then" : "else") is { } consequence)
            {
                held.Demand(consequence);
            }
        }
    }

    private static void One(Held held, List<Outcome> outcomes)
    {
        var valid = outcomes.Count(outcome => outcome.IsValid);
        if (valid is 1)
        {
            Keep(held, outcomes);
        }
        else if (valid is 0)
        {
            Explain(held, "oneOf", outcomes);
        }
        else
        {
            held.Report("oneOf");
        }
    }

    private static List<Outcome> Outcomes(Held held, LocatedValue alternatives) => [.. alternatives.Items.Select(held.Try)];

    private static void Keep(Held held, List<Outcome> outcomes)
    {
        foreach (var outcome in outcomes.Where(outcome => outcome.IsValid))
        {
            held.Evaluated.Add(outcome.Evaluated);
        }
    }

    /// <summary>Of alternatives that all fail, the one is spoken of that was meant, as far as can be seen: its mistakes lie deepest, and are fewest.</summary>
    private static void Explain(Held held, string keyword, List<Outcome> outcomes)
    {
        var meant = outcomes.OrderByDescending(outcome => outcome.Findings.Max(finding => finding.Path.Length)).ThenBy(outcome => outcome.Findings.Count).FirstOrDefault();
        if (meant is not null && !meant.Findings.Exists(finding => ReferenceEquals(finding.Value, held.Value)))
        {
            held.Adopt(meant);
            return;
        }

        held.Report(keyword);
        if (meant is not null)
        {
            held.Evaluated.Add(meant.Evaluated);
        }
    }
}
