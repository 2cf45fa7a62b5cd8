namespace AngelSlim.Core.Artifacts;

/// <summary>Remembers digests of files, so that gigabytes are not read again while nothing has changed.</summary>
internal interface IDigestMemo
{
    /// <summary>The digest of a file with exactly this identity, if it is remembered.</summary>
    Digest? Find(FileIdentity file);

    /// <summary>Remembers it, in place of what was known of the same path.</summary>
    void Keep(FileIdentity file, Digest digest);
}

/// <summary>Digests of files, read once.</summary>
/// <remarks>
/// A file that changed less than two seconds before it was read is not remembered: a second change within one tick of the
/// file system's clock would leave size and times as they are.
/// </remarks>
internal sealed class FileDigests(IDigestMemo memo, TimeProvider clock)
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <summary>The digest of a file's bytes.</summary>
    public Digest Of(string path)
    {
        var before = FileIdentity.Of(path);
        if (memo.Find(before) is { } known)
        {
            return known;
        }

        var read = clock.GetUtcNow();
        var digest = Digest.OfFile(path);
        var lastChange = DateTimeOffset.UnixEpoch.AddTicks(Math.Max(before.Modified, before.Changed) / 100);
        if (before == FileIdentity.Of(path) && read - lastChange >= Settled)
        {
            memo.Keep(before, digest);
        }

        return digest;
    }
}
