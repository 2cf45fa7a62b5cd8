using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Manifests.Sweeps;

namespace AngelSlim.Core.Manifests;

/// <summary>A manifest that was read and found free of errors.</summary>
/// <param name="Path">As the user gave it.</param>
/// <param name="Experiment">What it says; of a sweep what its first point says, and the sweep.</param>
/// <param name="Json">How it says it, with places.</param>
/// <param name="Sources">The files and the folder that it names.</param>
/// <param name="Warnings">Worth saying; nothing stops.</param>
internal sealed record ReadExperiment(string Path, Experiment Experiment, LocatedValue Json, Sources Sources, IReadOnlyList<Problem> Warnings)
{
    /// <summary>The points of a sweep, in order; empty when the manifest has none.</summary>
    public IReadOnlyList<ReadPoint> Points { get; init; } = [];

    /// <summary>The models, of all points, that have to be fetched before anything can run.</summary>
    public IEnumerable<HubModel> Unfetched => Points.Select(point => point.Experiment).Prepend(this).Select(read => read.Sources.Unfetched).OfType<HubModel>().Distinct();

    /// <summary>The folder of the manifest, absolute; what it names is relative to it.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    /// <summary>Where a setting's value stands; where it is left out, the nearest one around it that is given.</summary>
    /// <param name="names">From the top: <c>expect</c>, <c>acceptanceLengthAtLeast</c>, <c>4</c>.</param>
    public TextPlace PlaceOf(params ReadOnlySpan<string> names) => Json.Nearest(names).Place;
}

/// <summary>A point of a sweep.</summary>
/// <param name="Settings">What the sweep sets: one value for each axis.</param>
/// <param name="Experiment">The manifest with these settings and without the sweep.</param>
internal sealed record ReadPoint(IReadOnlyList<SweepSetting> Settings, ReadExperiment Experiment);

/// <summary>What the user brought, found on disk: absolute paths.</summary>
internal sealed record Sources
{
    /// <summary>The target's folder; null when the run trains one first, or when nothing of it was fetched yet.</summary>
    public required string? Target { get; init; }

    /// <summary>The target, if it is a model of the hub that is not on this machine, or only in part; a run fetches it first.</summary>
    public HubModel? Unfetched { get; init; }

    /// <summary>The assembly with the target's family; null when the tool knows the family.</summary>
    public required string? Assembly { get; init; }

    /// <summary>Conversations to learn from.</summary>
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>Conversations for the held-out figures.</summary>
    public required IReadOnlyList<string> Heldout { get; init; }

    /// <summary>Prompts to measure on.</summary>
    public required IReadOnlyList<string> Prompts { get; init; }
}
