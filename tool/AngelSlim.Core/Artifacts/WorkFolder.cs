using System.Globalization;

namespace AngelSlim.Core.Artifacts;

/// <summary>The partial result of a step: what survives a kill.</summary>
/// <param name="Root">Its folder below <c>work</c>.</param>
internal sealed record WorkFolder(string Root)
{
    /// <summary>The name of <see cref="Log"/>.</summary>
    public const string LogFile = "log.ndjson";

    /// <summary>What becomes the artifact.</summary>
    public string Output => Path.Combine(Root, "output");

    /// <summary>Checkpoints; deleted with the folder once the artifact is published.</summary>
    public string Scratch => Path.Combine(Root, "scratch");

    /// <summary>Items that are done.</summary>
    public string Journal => Path.Combine(Root, "journal");

    /// <summary>What happened, one JSON object a line; kept beside the artifact.</summary>
    public string Log => Path.Combine(Root, LogFile);

    /// <summary>How many threads each attempt had, in a row.</summary>
    public string Threads => Path.Combine(Root, "threads");

    /// <summary>The object as it will be; complete but for the output, from the moment when it has its <c>artifact.json</c>.</summary>
    public string Sealed => Path.Combine(Root, "sealed");

    /// <summary>The stage has returned and its files are on disk: only the publishing is left to do.</summary>
    public bool IsSealed => File.Exists(Path.Combine(Sealed, ArtifactStore.ListingFile));

    /// <summary>Something was left here by an earlier attempt.</summary>
    public bool IsStarted => Directory.Exists(Root);

    /// <summary>What <see cref="NoteThreads"/> noted: the number of threads each time it changed, the first first.</summary>
    public IReadOnlyList<int> ReadThreads() => File.Exists(Threads)
        ? [.. File.ReadLines(Threads).Select(line => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var threads) ? threads : 0).Where(threads => threads > 0)]
        : [];

    /// <summary>Notes how many threads this attempt has.</summary>
    /// <returns>How many the one before had; null when there was none.</returns>
    public int? NoteThreads(int threads)
    {
        var before = ReadThreads();
        if (before.Count is 0 || before[^1] != threads)
        {
            Durable.WriteText(Threads, string.Concat(before.Append(threads).Select(each => string.Create(CultureInfo.InvariantCulture, $"{each}\n"))));
        }

        return before.Count is 0 ? null : before[^1];
    }

    /// <summary>Makes the folders that a stage may write to; what is flushed into them later is found again after a power cut.</summary>
    public void Create()
    {
        Durable.CreateFolder(Output);
        Durable.CreateFolder(Scratch);
    }
}
