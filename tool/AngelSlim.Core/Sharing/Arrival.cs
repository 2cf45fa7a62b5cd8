using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Sharing;

/// <summary>Puts a result together in the store's folder for what comes in. Everything that has a name there is whole; what a kill leaves is gone on with.</summary>
/// <param name="folder">For this key.</param>
/// <param name="there">What comes.</param>
/// <param name="locate">Where a file of the cache lies, for people.</param>
internal sealed class Arrival(string folder, CachedResult there, Func<string, string> locate)
{
    private int _unfinished;

    private string Unfinished => Path.Combine(folder, "unfinished");

    /// <summary>What has not arrived yet; what is here and does not belong to it is deleted.</summary>
    public IReadOnlyList<(ArrivingFile File, string Path)> Missing(CancellationToken cancellation)
    {
        Durable.DeleteFolder(Unfinished);
        Durable.CreateFolder(Unfinished);
        Durable.CreateFolder(Path.Combine(folder, "output"));
        var files = Files().ToList();
        var expected = files.ToDictionary(file => file.Path);
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!expected.TryGetValue(path, out var awaited) || new FileInfo(path).LinkTarget is not null || Digest.OfFile(path) != awaited.File.Sha256)
            {
                File.Delete(path);
            }
        }

        return [.. files.Where(file => !File.Exists(file.Path))];
    }

    /// <summary>Fetches one file; it gets its name when it is judged.</summary>
    public void Take((ArrivingFile File, string Path) file, Download download, MovedBytes moved, CancellationToken cancellation)
    {
        var unfinished = Path.Combine(Unfinished, $"{Interlocked.Increment(ref _unfinished)}");
        using (var taker = new ToFile(unfinished, moved))
        {
            if (download.Fault(file.File, taker, cancellation) is { } fault)
            {
                throw CacheFault.Corrupt(locate(file.File.Name), fault);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
        File.Move(unfinished, file.Path, overwrite: true);
    }

    /// <summary>Everything has arrived: the listing makes it what an import takes.</summary>
    public void Finish()
    {
        Durable.DeleteFolder(Unfinished);
        Durable.WriteText(Path.Combine(folder, ArtifactStore.ListingFile), there.Text!);
    }

    private IEnumerable<(ArrivingFile File, string Path)> Files()
    {
        (ArrivingFile, string) Named(string name, Digest digest, string path) => (new(CacheNames.Of(there.Key, name), there.Files[name], digest), Path.Combine(folder, path));

        yield return Named(CacheNames.Recipe, there.Key.Recipe, ArtifactStore.RecipeFile);
        if (there.Log is { } log)
        {
            yield return Named(CacheNames.Logs + log.Hex, log, WorkFolder.LogFile);
        }

        foreach (var file in there.Artifact!.Listing.Files)
        {
            yield return Named(CacheNames.Files + file.Sha256.Hex, file.Sha256, Path.Combine("output", file.Path));
        }
    }

    private sealed class ToFile(string path, MovedBytes moved) : ITaker, IDisposable
    {
        private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);

        public void Begin()
        {
            moved.Add(-_file.Length);
            _file.SetLength(0);
        }

        public void Take(ReadOnlySpan<byte> block)
        {
            _file.Write(block);
            moved.Add(block.Length);
        }

        public void Dispose() => _file.Dispose();
    }
}
