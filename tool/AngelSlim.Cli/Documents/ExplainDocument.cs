using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning.Explaining;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>explain STEP</c> says: what a step's key is made of, and what has changed.</summary>
[Form("explain", 1)]
internal sealed record ExplainDocument : Document
{
    /// <summary>Path of the manifest, as given.</summary>
    public required string Manifest { get; init; }

    /// <summary>The step as <c>plan</c> has it; nothing is expected of it here.</summary>
    public required PlanDocumentStep Step { get; init; }

    /// <summary>When its result was made, in UTC; null when it is not there.</summary>
    public required DateTimeOffset? Made { get; init; }

    /// <summary>Seconds that its last attempt took; null when it is not there.</summary>
    public required double? Seconds { get; init; }

    /// <summary>The run that made it; null when that is not known.</summary>
    public required long? Run { get; init; }

    /// <summary>The text that the key is the digest of; for a step that waits with <c>?</c> for what is not made yet.</summary>
    public required string Recipe { get; init; }

    /// <summary>Its settings.</summary>
    public required IReadOnlyList<ExplainDocumentSetting> Settings { get; init; }

    /// <summary>What it reads.</summary>
    public required IReadOnlyList<ExplainDocumentInput> Inputs { get; init; }

    /// <summary>Different bytes that its key has given, the first first; more than one means that the stage is not deterministic.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>The step, and every step whose change reaches it, beside earlier results; none for a step that is there.</summary>
    public required IReadOnlyList<ExplainDocumentComparison> Comparisons { get; init; }

    /// <summary>Of an explanation.</summary>
    public static ExplainDocument Of(string manifest, Explanation explained) => new()
    {
        Manifest = manifest,
        Step = PlanDocumentStep.Of(explained.Step),
        Made = explained.Step.Found?.Made.At.ToUniversalTime(),
        Seconds = explained.Step.Found?.Made.Seconds,
        Run = explained.Making?.Run,
        Recipe = explained.Recipe.Text,
        Settings = [.. explained.Settings.Select(ExplainDocumentSetting.Of)],
        Inputs = [.. explained.Inputs.Select(input => new ExplainDocumentInput { Input = input.Input, Step = input.From, Path = input.Path, Digest = input.Digest })],
        Outputs = [.. explained.Outputs.Select(output => output.Steady)],
        Comparisons = [.. explained.Comparisons.Select(ExplainDocumentComparison.Of)],
    };
}

/// <summary>A setting and who gave its value.</summary>
internal sealed record ExplainDocumentSetting
{
    /// <summary>Dotted path in the manifest.</summary>
    public required string Path { get; init; }

    /// <summary>As JSON.</summary>
    public required string Value { get; init; }

    /// <summary>What gave it.</summary>
    public required OriginKind From { get; init; }

    /// <summary>Where that stands; the option itself for an option; null for a default.</summary>
    public required string? File { get; init; }

    /// <summary>From 1; null for a default.</summary>
    public required int? Line { get; init; }

    /// <summary>From 1; null for a default.</summary>
    public required int? Column { get; init; }

    /// <summary>Of a setting.</summary>
    public static ExplainDocumentSetting Of(TracedSetting setting) => new()
    {
        Path = setting.Path,
        Value = setting.Value,
        From = setting.Origin.Kind,
        File = setting.Origin.Place?.File,
        Line = setting.Origin.Place?.Line,
        Column = setting.Origin.Place?.Column,
    };
}

/// <summary>One thing that a step reads.</summary>
internal sealed record ExplainDocumentInput
{
    /// <summary>By which input.</summary>
    public required string Input { get; init; }

    /// <summary>The step that makes it; null for what the user brought.</summary>
    public required string? Step { get; init; }

    /// <summary>What the user brought; null for what a step makes.</summary>
    public required string? Path { get; init; }

    /// <summary>Digest of its content; null while it is not made.</summary>
    public required string? Digest { get; init; }
}

/// <summary>A step beside an earlier result of its stage.</summary>
internal sealed record ExplainDocumentComparison
{
    /// <summary>The step.</summary>
    public required string Step { get; init; }

    /// <summary>Key of the earlier result; null when nothing is known to compare with.</summary>
    public required string? Against { get; init; }

    /// <summary>When that was made, in UTC.</summary>
    public required DateTimeOffset? Made { get; init; }

    /// <summary>The run that made it; null when that is not known.</summary>
    public required long? Run { get; init; }

    /// <summary>Settings first.</summary>
    public required IReadOnlyList<ExplainDocumentDifference> Differences { get; init; }

    /// <summary>Of a comparison.</summary>
    public static ExplainDocumentComparison Of(Comparison comparison) => new()
    {
        Step = comparison.Step.Step.Id,
        Against = comparison.Against?.Key.Recipe.Hex,
        Made = comparison.Against?.Made.ToUniversalTime(),
        Run = comparison.Making?.Run,
        Differences = [.. comparison.Differences.Select(ExplainDocumentDifference.Of)],
    };
}

/// <summary>One thing in which a step differs from an earlier result.</summary>
internal sealed record ExplainDocumentDifference
{
    /// <summary>What it is.</summary>
    public required DifferenceKind Kind { get; init; }

    /// <summary>Of a setting its path in the manifest; of a file or a step the input that it comes in by.</summary>
    public required string Path { get; init; }

    /// <summary>The file or the step; null for what has no name.</summary>
    public required string? Name { get; init; }

    /// <summary>JSON of a setting, else a digest; null for what was not there.</summary>
    public required string? Was { get; init; }

    /// <summary>So too; null also for what is not made yet.</summary>
    public required string? Now { get; init; }

    /// <summary>Of a setting, where the value stands: <c>e.json(4,7)</c>, an option, <c>default</c>.</summary>
    public required string? Where { get; init; }

    /// <summary>Of a difference.</summary>
    public static ExplainDocumentDifference Of(Difference difference) => new()
    {
        Kind = difference.Kind,
        Path = difference.Path,
        Name = difference.Name,
        Was = difference.Was,
        Now = difference.Now,
        Where = difference.Origin?.ToString(),
    };
}
