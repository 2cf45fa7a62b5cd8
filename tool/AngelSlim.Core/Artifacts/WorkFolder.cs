namespace AngelSlim.Core.Artifacts;

/// <summary>The partial result of a step: what survives a kill.</summary>
/// <param name="Root">Its folder below <c>work</c>.</param>
internal sealed record WorkFolder(string Root)
{
    /// <summary>What becomes the artifact.</summary>
    public string Output => Path.Combine(Root, "output");

    /// <summary>Checkpoints; deleted with the folder once the artifact is published.</summary>
    public string Scratch => Path.Combine(Root, "scratch");

    /// <summary>Items that are done.</summary>
    public string Journal => Path.Combine(Root, "journal");

    /// <summary>What happened, one JSON object a line; kept beside the artifact.</summary>
    public string Log => Path.Combine(Root, "log.ndjson");

    /// <summary>The object as it will be; complete but for the output, from the moment when it has its <c>artifact.json</c>.</summary>
    public string Sealed => Path.Combine(Root, "sealed");

    /// <summary>The stage has returned and its files are on disk: only the publishing is left to do.</summary>
    public bool IsSealed => File.Exists(Path.Combine(Sealed, ArtifactStore.ListingFile));

    /// <summary>Something was left here by an earlier attempt.</summary>
    public bool IsStarted => Directory.Exists(Root);

    /// <summary>Makes the folders that a stage may write to; what is flushed into them later is found again after a power cut.</summary>
    public void Create()
    {
        Durable.CreateFolder(Output);
        Durable.CreateFolder(Scratch);
    }
}
