using System.Collections.Concurrent;

namespace AngelSlim.Core.Artifacts;

/// <summary>Remembers digests of files, so that gigabytes are not read again while nothing has changed.</summary>
internal interface IDigestMemo
{
    /// <summary>The digest of a file with exactly this identity, if it is remembered.</summary>
    Digest? Find(FileIdentity file);

    /// <summary>Remembers them, in place of what was known of the same paths.</summary>
    void Keep(IReadOnlyCollection<FileContent> files);
}

/// <summary>A file as it was when it was read.</summary>
/// <param name="Identity">Before the reading began.</param>
/// <param name="Digest">Of its bytes.</param>
internal sealed record FileContent(FileIdentity Identity, Digest Digest);

/// <summary>Digests of files, read once.</summary>
/// <remarks>
/// A file that changed within one tick of its file system's clock before it was read is not remembered: a second change
/// in the same tick would leave size and times as they are. The coarsest clock in use ticks every two seconds (FAT), and
/// the kernel's own lags by some milliseconds. A file from the future was written before the clock was set back: what its
/// times say is neither remembered nor believed.
/// </remarks>
internal sealed class FileDigests(IDigestMemo memo, TimeProvider clock)
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2.1);

    /// <summary>The digest of a file's bytes.</summary>
    public Digest Of(string path) => Read([path])[path].Digest;

    /// <summary>Files by path, each read only if it may have changed since it was last read; several at a time.</summary>
    /// <param name="paths">Absolute, each once.</param>
    public IReadOnlyDictionary<string, FileContent> Read(IReadOnlyCollection<string> paths)
    {
        var known = new Dictionary<string, FileContent>();
        var unknown = new List<FileIdentity>();
        foreach (var path in paths)
        {
            var identity = FileIdentity.Of(path);
            if (identity.LastChange <= clock.GetUtcNow() && memo.Find(identity) is { } digest)
            {
                known.Add(path, new(identity, digest));
            }
            else
            {
                unknown.Add(identity);
            }
        }

        foreach (var read in ReadAll(unknown))
        {
            known.Add(read.Identity.Path, read);
        }

        return known;
    }

    /// <summary>Files by path, every byte read now.</summary>
    /// <param name="paths">Absolute, each once.</param>
    /// <param name="told">Told the bytes of each file that was read, from several threads; what it throws ends the reading.</param>
    public static IReadOnlyDictionary<string, FileContent> Unremembered(IReadOnlyCollection<string> paths, Action<long>? told = null)
    {
        var read = new ConcurrentDictionary<string, FileContent>();
        void ReadOne(FileIdentity identity)
        {
            read[identity.Path] = new(identity, Digest.OfFile(identity.Path));
            told?.Invoke(identity.Size);
        }

        InParallel([.. paths.Select(FileIdentity.Of)], ReadOne);
        return read;
    }

    private ConcurrentBag<FileContent> ReadAll(List<FileIdentity> files)
    {
        var read = new ConcurrentBag<FileContent>();
        var settled = new ConcurrentBag<FileContent>();
        void ReadOne(FileIdentity before)
        {
            var age = clock.GetUtcNow() - before.LastChange;
            var content = new FileContent(before, Digest.OfFile(before.Path));
            read.Add(content);
            if (age >= Settled && before == FileIdentity.Of(before.Path))
            {
                settled.Add(content);
            }
        }

        InParallel(files, ReadOne);
        if (!settled.IsEmpty)
        {
            memo.Keep(settled);
        }

        return read;
    }

    /// <summary>The first failure is thrown as it is: callers tell one kind from another.</summary>
    /// <remarks>Without the pool where it brings nothing: loading it is felt by a run that has nothing to read.</remarks>
    private static void InParallel(List<FileIdentity> files, Action<FileIdentity> work)
    {
        if (files.Count <= 1)
        {
            files.ForEach(work);
            return;
        }

        try
        {
            Parallel.ForEach(files, work);
        }
        catch (AggregateException failures)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(failures.InnerExceptions[0]).Throw();
        }
    }
}
