using AngelSlim.Core.Hub;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>fetch</c> did.</summary>
[Form("fetch", 1)]
internal sealed record FetchDocument : Document
{
    /// <summary>Path of the manifest, as given.</summary>
    public required string Manifest { get; init; }

    /// <summary>Models that were downloaded; those that were on this machine are not here.</summary>
    public required IReadOnlyList<DocumentModel> Models { get; init; }

    /// <summary>Of what was downloaded.</summary>
    public static FetchDocument Of(string manifest, IReadOnlyList<Outstanding> models) => new() { Manifest = manifest, Models = [.. models.Select(DocumentModel.Of)] };
}
