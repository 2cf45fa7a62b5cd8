using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Planning.Explaining;

/// <summary>What differs.</summary>
internal enum DifferenceKind
{
    /// <summary>A setting.</summary>
    Setting,

    /// <summary>The stage itself: its version, or the kind of device.</summary>
    Stage,

    /// <summary>A file that the user brought.</summary>
    File,

    /// <summary>What another step makes.</summary>
    Step,

    /// <summary>Nothing but the bytes: the same recipe gave others.</summary>
    Output,
}

/// <summary>One thing in which a step differs from an earlier one.</summary>
/// <param name="Kind">What.</param>
/// <param name="Path">Of a setting its path in the manifest; of a file or a step the input that it comes in by.</param>
/// <param name="Was">Of a setting its value as JSON, else a digest; null for what was not there.</param>
/// <param name="Now">So too; null also for what is not made yet.</param>
internal sealed record Difference(DifferenceKind Kind, string Path, string? Was, string? Now)
{
    /// <summary>The file, or the step.</summary>
    public string? Name { get; init; }

    /// <summary>Where a setting's value comes from.</summary>
    public SettingOrigin? Origin { get; init; }

    /// <summary>Of a step: it is not made yet, so that its bytes may come out as they were.</summary>
    public bool IsOpen { get; init; }
}

/// <summary>A step beside an earlier result of its stage.</summary>
/// <param name="Step">The step now.</param>
/// <param name="Against">The earlier result; null when nothing is known to compare with.</param>
/// <param name="Differences">Settings first.</param>
internal sealed record Comparison(PlannedStep Step, PastResult? Against, IReadOnlyList<Difference> Differences)
{
    /// <summary>The run that made the earlier result, if that is known.</summary>
    public PastMaking? Making { get; init; }
}

/// <summary>Why a step is there, or runs, or waits.</summary>
/// <param name="Step">The step.</param>
/// <param name="Comparisons">It, and then every step whose change reaches it, nearest first; none for a step that is there, unless a run to compare with was asked for.</param>
internal sealed record Explanation(PlannedStep Step, IReadOnlyList<Comparison> Comparisons)
{
    /// <summary>The recipe as far as it is known: what the key is the digest of.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>What the step reads, in the order of its inputs.</summary>
    public required IReadOnlyList<ExplainedInput> Inputs { get; init; }

    /// <summary>Its settings, each with the place of its value.</summary>
    public required IReadOnlyList<TracedSetting> Settings { get; init; }

    /// <summary>The run that made what is there, if that is known.</summary>
    public PastMaking? Making { get; init; }

    /// <summary>More than one when the key has given different bytes.</summary>
    public IReadOnlyList<PastOutput> Outputs { get; init; } = [];

    /// <summary>The differences that no other step explains.</summary>
    public IEnumerable<(Comparison Where, Difference What)> Roots =>
        from comparison in Comparisons
        from difference in comparison.Differences
        where difference.Kind is not DifferenceKind.Step
        select (comparison, difference);
}

/// <summary>One thing that a step reads.</summary>
/// <param name="Input">By which input.</param>
/// <param name="From">The step that makes it; null for what the user brought.</param>
/// <param name="Path">What the user brought; null for what a step makes.</param>
/// <param name="Digest">Its content; null while it is not made.</param>
internal sealed record ExplainedInput(string Input, string? From, string? Path, string? Digest);
