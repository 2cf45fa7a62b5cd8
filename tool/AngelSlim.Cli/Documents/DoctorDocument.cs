using AngelSlim.Core.Upkeep;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>doctor</c> found.</summary>
[Form("doctor", 1)]
internal sealed record DoctorDocument : Document
{
    /// <summary>The store, absolute.</summary>
    public required string Store { get; init; }

    /// <summary>Nothing is wrong, or is any longer.</summary>
    public required bool Well { get; init; }

    /// <summary>What was looked at, in order.</summary>
    public required IReadOnlyList<DoctorDocumentFinding> Findings { get; init; }

    /// <summary>Of an examination.</summary>
    public static DoctorDocument Of(string store, IReadOnlyList<Finding> findings) => new()
    {
        Store = store,
        Well = findings.All(finding => finding.Health is not Health.Wrong),
        Findings = [.. findings.Select(finding => new DoctorDocumentFinding { Check = finding.Check, Health = finding.Health, Text = finding.Text })],
    };
}

/// <summary>One thing that was looked at.</summary>
internal sealed record DoctorDocumentFinding
{
    /// <summary>What was looked at: <c>index</c>, <c>results</c>.</summary>
    public required string Check { get; init; }

    /// <summary>How it is.</summary>
    public required Health Health { get; init; }

    /// <summary>What was found, and what to do about it, for people.</summary>
    public required string Text { get; init; }
}
