namespace AngelSlim.Core.Planning;

/// <summary>The part of a plan that is to run.</summary>
/// <param name="Steps">Every step after those that it reads: what was chosen, and everything that it reads.</param>
/// <param name="Chosen">The steps that may run; the results of the others have to be in the store.</param>
internal sealed record Selection(IReadOnlyList<Step> Steps, IReadOnlySet<string> Chosen)
{
    /// <summary>All steps.</summary>
    public static Selection Of(IReadOnlyList<Step> steps) => new(StepOrder.Of(steps), steps.Select(step => step.Id).ToHashSet(StringComparer.Ordinal));

    /// <summary>Just these steps.</summary>
    public static Selection Only(IReadOnlyList<Step> steps, IReadOnlySet<string> only) => With(steps, only);

    /// <summary>The steps on the way from some to others.</summary>
    /// <param name="steps">All there are.</param>
    /// <param name="from">These and what reads them, by any detour; empty for no such bound.</param>
    /// <param name="until">These and what they read, by any detour; empty for no such bound.</param>
    public static Selection Between(IReadOnlyList<Step> steps, IReadOnlySet<string> from, IReadOnlySet<string> until)
    {
        var ordered = StepOrder.Of(steps);
        var chosen = ordered.Select(step => step.Id).ToHashSet(StringComparer.Ordinal);
        if (from.Count > 0)
        {
            chosen.IntersectWith(Readers(ordered, from));
        }

        if (until.Count > 0)
        {
            chosen.IntersectWith(Read(ordered, until));
        }

        return With(steps, chosen);
    }

    private static Selection With(IReadOnlyList<Step> steps, IReadOnlySet<string> chosen)
    {
        var ordered = StepOrder.Of(steps);
        var needed = Read(ordered, chosen);
        return new([.. ordered.Where(step => needed.Contains(step.Id))], chosen);
    }

    private static HashSet<string> Readers(IReadOnlyList<Step> ordered, IEnumerable<string> from)
    {
        var reached = from.ToHashSet(StringComparer.Ordinal);
        foreach (var step in ordered.Where(step => step.Producers.Any(reached.Contains)))
        {
            reached.Add(step.Id);
        }

        return reached;
    }

    private static HashSet<string> Read(IReadOnlyList<Step> ordered, IEnumerable<string> until)
    {
        var reached = until.ToHashSet(StringComparer.Ordinal);
        foreach (var step in ordered.Reverse().Where(step => reached.Contains(step.Id)))
        {
            reached.UnionWith(step.Producers);
        }

        return reached;
    }
}
