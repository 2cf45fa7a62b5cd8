using AngelSlim.Core.Hub;

namespace AngelSlim.Cli.Documents;

/// <summary>A model of the hub whose weights were not on this machine.</summary>
internal sealed record DocumentModel
{
    /// <summary>As the manifest names it: <c>organisation/model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The branch, tag or commit that was asked for.</summary>
    public required string Revision { get; init; }

    /// <summary>The commit that this is: 40 hexadecimal digits.</summary>
    public required string Commit { get; init; }

    /// <summary>Where it lies in the hub cache.</summary>
    public required string Folder { get; init; }

    /// <summary>Files that were not there, or not whole, beside the small ones.</summary>
    public required int Files { get; init; }

    /// <summary>Bytes of them that were not there.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of what was found out.</summary>
    public static DocumentModel Of(Outstanding model) => new()
    {
        Model = model.Model.Id,
        Revision = model.Model.Revision,
        Commit = model.Commit,
        Folder = model.Folder,
        Files = model.Weights.Count,
        Bytes = model.Bytes,
    };
}
