using System.Security.Cryptography;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;

namespace AngelSlim.Core.Sharing;

/// <summary>A cache in a folder, such as one of a network disk. Links in it are not followed.</summary>
/// <param name="folder">Absolute.</param>
/// <param name="clock">Tells what is old.</param>
internal sealed class FolderCache(string folder, TimeProvider clock) : ICache
{
    private const int Block = 1 << 20;
    private const string Unfinished = ".new";
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public string Place => folder;

    /// <inheritdoc/>
    public string Locate(string name) => Path.Combine(folder, name);

    /// <inheritdoc/>
    public IEnumerable<CachedFile> List(StepKey? key, CancellationToken cancellation)
    {
        var results = key is { } one ? [new DirectoryInfo(Locate(CacheNames.Of(one, "").TrimEnd('/')))] : Folders(new(folder)).SelectMany(Folders);
        foreach (var result in results.Where(result => result is { Exists: true, LinkTarget: null }))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var file in Guarded(result.FullName, () => FilesOf(result)))
            {
                yield return file;
            }
        }
    }

    /// <inheritdoc/>
    public Stream? Open(string name, CancellationToken cancellation) => Guarded(Locate(name), () => OpenFile(name));

    /// <inheritdoc/>
    public void Put(string name, SentFile file, Action<long> moved, CancellationToken cancellation) => Guarded(Locate(name), () => PutFile(name, file, moved, cancellation));

    /// <inheritdoc/>
    public void Delete(string name, CancellationToken cancellation) => Guarded(Locate(name), () => DeleteFile(name));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Stream? OpenFile(string name)
    {
        var file = new FileInfo(Locate(name));
        if (!file.Exists || LinkOnTheWay(name) is not null)
        {
            return null;
        }

        // What is empty is not opened: a pipe is, and would never end.
        return file.Length is 0 ? new MemoryStream([], writable: false) : new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, Block, FileOptions.SequentialScan);
    }

    private bool PutFile(string name, SentFile file, Action<long> moved, CancellationToken cancellation)
    {
        if (LinkOnTheWay(name) is { } link)
        {
            throw CacheFault.Refused(link, "This is a link. A cache is made of files and folders: take it away, or name the folder that it leads to as the cache.");
        }

        var (path, folder) = (Locate(name), Path.GetDirectoryName(Locate(name))!);
        Durable.CreateFolder(folder);
        var unfinished = $"{path}.{Guid.NewGuid():N}{Unfinished}";
        try
        {
            Copy(file, unfinished, moved, cancellation);
            if (Digest.OfFile(unfinished) != file.Sha256)
            {
                throw CacheFault.Refused(path, $"What was written there reads back as something else than {file.Path}. Check the disk.");
            }

            File.Move(unfinished, path, overwrite: true);
            Durable.FlushFolder(folder);
        }
        finally
        {
            File.Delete(unfinished);
        }

        if (name.EndsWith(CacheNames.Listing, StringComparison.Ordinal))
        {
            ClearUnfinished(folder);
        }

        return true;
    }

    private bool DeleteFile(string name)
    {
        if (File.Exists(Locate(name)))
        {
            File.Delete(Locate(name));
            Durable.FlushFolder(Path.GetDirectoryName(Locate(name))!);
        }

        return true;
    }

    private static void Copy(SentFile file, string to, Action<long> moved, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var source = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[Block];
        for (int read; (read = source.Read(block)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(block, 0, read);
            target.Write(block, 0, read);
            moved(read);
        }

        target.Flush(flushToDisk: true);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256.Hex)
        {
            throw new DataException(ProblemCode.StoreCorrupt, "The bytes of this file changed while it was sent; nothing of it counts. Leave the store alone and push again.", new TextPlace(file.Path));
        }
    }

    /// <summary>What pushes left that were killed in a file; one that goes on now is younger.</summary>
    private void ClearUnfinished(string result)
    {
        foreach (var file in Directory.EnumerateFiles(result, "*" + Unfinished, SearchOption.AllDirectories))
        {
            if (new DateTimeOffset(File.GetLastWriteTimeUtc(file)) < clock.GetUtcNow() - Abandoned)
            {
                File.Delete(file);
            }
        }
    }

    private static List<CachedFile> FilesOf(DirectoryInfo result)
    {
        var above = $"{result.Parent!.Name}/{result.Name}/";
        var places = Folders(result).Select(inner => (Folder: inner, Name: $"{above}{inner.Name}/")).Prepend((Folder: result, Name: above));
        return [.. from place in places
                   from file in place.Folder.EnumerateFiles("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None })
                   where file.LinkTarget is null && file.Extension is not Unfinished
                   select new CachedFile(place.Name + file.Name, file.Length)];
    }

    private static IEnumerable<DirectoryInfo> Folders(DirectoryInfo folder) => Guarded(folder.FullName, () => folder.GetDirectories().Where(inner => inner.LinkTarget is null));

    private string? LinkOnTheWay(string name)
    {
        var parts = name.Split('/');
        return Enumerable.Range(1, parts.Length).Select(count => Path.Combine([folder, .. parts[..count]])).FirstOrDefault(path => new FileInfo(path).LinkTarget is not null);
    }

    private static T Guarded<T>(string place, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (DiskFull.Caused(failure))
        {
            throw CacheFault.Refused(place, $"The disk of the cache is full ({failure.Message}). Make room there and give the same command again: it sends what is missing.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CacheFault.Refused(place, $"The system does not let this be read or written: {failure.Message} Correct the rights, or see whether the disk is there, and give the same command again.", failure);
        }
    }
}
