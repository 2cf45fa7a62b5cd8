using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;

namespace AngelSlim.Core.Hub;

/// <summary>The folder of one model in the hub cache, in the layout of the hub's own tools, so that each finds what the other fetched.</summary>
/// <remarks><c>blobs/HASH</c>, links to them at <c>snapshots/COMMIT/NAME</c>, the commit of a branch or tag in <c>refs/NAME</c>, locks in <c>.locks</c> beside the models.</remarks>
/// <param name="cache">The cache's folder.</param>
/// <param name="model">Whose.</param>
internal sealed class HubStore(string cache, HubModel model)
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    /// <summary>The standard's text, by which backups know what they need not keep.</summary>
    private const string Tag = "Signature: 8a477f597d28d172789f06886806bc55\n# This file is a cache directory tag.\n# For information about cache directory tags, see https://bford.info/cachedir/\n";

    private readonly string _folder = model.FolderIn(cache);

    /// <summary>Makes the folders.</summary>
    public void Prepare(string commit)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "blobs"));
        Directory.CreateDirectory(Snapshot(commit));
        Directory.CreateDirectory(LockFolder);
        var tag = Path.Combine(cache, "CACHEDIR.TAG");
        if (!File.Exists(tag))
        {
            File.WriteAllText(tag, Tag);
        }
    }

    /// <summary>The checkpoint of a commit.</summary>
    public string Snapshot(string commit) => Path.Combine(_folder, "snapshots", commit);

    /// <summary>A file of a commit is there.</summary>
    public bool HasFile(string commit, string name) => File.Exists(Path.Combine(Snapshot(commit), name));

    /// <summary>The bytes of a file are there, of whichever commit.</summary>
    public bool HasBlob(HubFile file) => File.Exists(Blob(file));

    /// <summary>Where the bytes of a file go while they come.</summary>
    public string Partial(HubFile file) => Blob(file) + ".incomplete";

    /// <summary>Bytes of a file that are still to come.</summary>
    public long Outstanding(HubFile file) => HasBlob(file) ? 0 : Math.Max(0, file.Size - (new FileInfo(Partial(file)) is { Exists: true } partial ? partial.Length : 0));

    /// <summary>Bytes that are free for the cache.</summary>
    public long FreeBytes() => new DriveInfo(_folder).AvailableFreeSpace;

    /// <summary>The right to fetch a file; other processes wait, the hub's own tools too. The system frees it when the process ends, however it ends.</summary>
    /// <param name="file">Which.</param>
    /// <param name="waits">Called once, when it has to be waited for.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<IDisposable> LockAsync(HubFile file, Action waits, CancellationToken ct)
    {
        var path = Path.Combine(LockFolder, file.Hash + ".lock");
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException failure) when (StoreLock.IsHeldByAnother(failure))
            {
                if (isFirst)
                {
                    waits();
                }
            }

            await Task.Delay(BetweenTries, ct);
        }
    }

    /// <summary>The bytes of a file are whole: from now on they have its name.</summary>
    public void Publish(HubFile file)
    {
        File.Move(Partial(file), Blob(file), overwrite: true);
        Durable.FlushFolder(Path.Combine(_folder, "blobs"));
    }

    /// <summary>Puts a file whose bytes are there into a commit. For the holder of its lock.</summary>
    public void Link(string commit, HubFile file)
    {
        var path = Path.Combine(Snapshot(commit), file.Name);
        var target = Path.Combine("..", "..", "blobs", file.Hash);
        if (new FileInfo(path).LinkTarget == target)
        {
            return;
        }

        var unfinished = Path.Combine(Snapshot(commit), $".{file.Name}.new");
        File.Delete(unfinished);
        File.CreateSymbolicLink(unfinished, target);
        File.Move(unfinished, path, overwrite: true);
        Durable.FlushFolder(Snapshot(commit));
    }

    /// <summary>From now on the revision is this commit.</summary>
    public void Name(string commit)
    {
        var path = Path.Combine(_folder, "refs", model.Revision);
        if (!HubModel.IsCommit(model.Revision) && (!File.Exists(path) || File.ReadAllText(path) != commit))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Durable.WriteText(path, commit);
        }
    }

    private string LockFolder => Path.Combine(cache, ".locks", model.FolderName);

    private string Blob(HubFile file) => Path.Combine(_folder, "blobs", file.Hash);
}
