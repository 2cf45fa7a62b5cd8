using AngelSlim.Core.Upkeep;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>gc</c> says: what nobody needs, and what stays.</summary>
[Form("gc", 1)]
internal sealed record GcDocument : Document
{
    /// <summary>It has been deleted; otherwise it may be.</summary>
    public required bool Deleted { get; init; }

    /// <summary>What nobody needs.</summary>
    public required IReadOnlyList<GcDocumentItem> Garbage { get; init; }

    /// <summary>Bytes of it.</summary>
    public required long GarbageBytes { get; init; }

    /// <summary>Complete results that stay.</summary>
    public required int KeptResults { get; init; }

    /// <summary>Bytes of them.</summary>
    public required long KeptBytes { get; init; }

    /// <summary>What is kept whatever happens.</summary>
    public required IReadOnlyList<DocumentPin> Pins { get; init; }

    /// <summary>What else there is to know, for people.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>Of a report.</summary>
    public static GcDocument Of(GarbageReport report, IReadOnlyList<Pin> pins, bool deleted) => new()
    {
        Deleted = deleted,
        Garbage = [.. report.Garbage.Select(GcDocumentItem.Of)],
        GarbageBytes = report.Garbage.Sum(item => item.Bytes),
        KeptResults = report.Results,
        KeptBytes = report.Bytes,
        Pins = [.. pins.Select(DocumentPin.Of)],
        Remarks = report.Remarks,
    };
}

/// <summary>Something that nobody needs.</summary>
internal sealed record GcDocumentItem
{
    /// <summary>What it is.</summary>
    public required GarbageKind Kind { get; init; }

    /// <summary>Short, for people.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute: a file or a folder.</summary>
    public required string Path { get; init; }

    /// <summary>Why nobody needs it, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>What it takes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of what was found.</summary>
    public static GcDocumentItem Of(Garbage garbage) => new()
    {
        Kind = garbage.Kind,
        Name = garbage.Name,
        Path = garbage.Path,
        Reason = garbage.Reason,
        Bytes = garbage.Bytes,
    };
}
