using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Torch.Training;

/// <summary>What a folder of stored features holds: <c>features.json</c>, written last, so a folder that has it is complete.</summary>
internal sealed record FeatureDescription
{
    private const string FileName = "features.json";

    /// <summary>Layers whose output is kept, low to high, 0-based.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>Width of the target (D).</summary>
    public required int Width { get; init; }

    /// <summary>The type of the states: what the target computed in.</summary>
    public required Dtype Dtype { get; init; }

    /// <summary>The training rows.</summary>
    public required FeaturePart Train { get; init; }

    /// <summary>The held-out rows; may be none.</summary>
    public required FeaturePart Heldout { get; init; }

    /// <summary>Reads a folder's description.</summary>
    public static FeatureDescription Read(string folder) => ArtifactJson.Read<FeatureDescription>(Path.Combine(folder, FileName));

    /// <summary>Writes it.</summary>
    public void Write(string folder) => ArtifactJson.Write(Path.Combine(folder, FileName), this);
}

/// <summary>Rows of one kind, in the order of their token file.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Tokens">Of all rows.</param>
/// <param name="Shards">Files, in order, beside <c>features.json</c>.</param>
internal sealed record FeaturePart(int Rows, long Tokens, IReadOnlyList<string> Shards);
