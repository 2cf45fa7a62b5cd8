using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Sweeps;

/// <summary>A setting that a sweep tries values of.</summary>
/// <param name="Path">Dotted: <c>training.unroll</c>.</param>
/// <param name="Place">Of the path's first character.</param>
internal sealed record SweepAxis(string Path, TextPlace Place)
{
    /// <summary>The setting of that path is this one, or a part of it.</summary>
    public bool Contains(string path) => $"{path}.".StartsWith($"{Path}.", StringComparison.Ordinal);
}

/// <summary>One value of an axis.</summary>
/// <param name="Axis">Of which.</param>
/// <param name="Value">As written, with its own place.</param>
internal sealed record SweepSetting(SweepAxis Axis, LocatedValue Value)
{
    /// <summary>Canonical JSON; equal for equal values, however they are spelled.</summary>
    public string Text { get; } = CanonicalJson.Write(Value.ToNode());

    /// <summary>What it changes in the manifest.</summary>
    public ManifestEdit Edit { get; } = new(ManifestEdit.Parts(Axis.Path), Value, Axis.Place);
}

/// <summary>A sweep in single points, as far as it could be read.</summary>
/// <param name="Axes">In the order in which they are written; the last changes fastest.</param>
/// <param name="Points">In order; each has one setting for each axis.</param>
/// <param name="Problems">What is wrong or odd about the sweep itself. With an error among them there is at most one point, to see what else is wrong.</param>
internal sealed record SweepReading(IReadOnlyList<SweepAxis> Axes, IReadOnlyList<IReadOnlyList<SweepSetting>> Points, IReadOnlyList<Problem> Problems);
