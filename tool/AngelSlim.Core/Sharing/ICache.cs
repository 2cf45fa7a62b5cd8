using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Sharing;

/// <summary>One file of a cache.</summary>
/// <param name="Name">As <see cref="CacheNames"/> makes it.</param>
/// <param name="Size">Bytes.</param>
internal readonly record struct CachedFile(string Name, long Size);

/// <summary>A file that is sent, and what it has to be when it arrives.</summary>
/// <param name="Path">Absolute, here.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its bytes.</param>
internal sealed record SentFile(string Path, long Size, Digest Sha256);

/// <summary>A place beside this machine's store where files lie by name, each whole or not there. May be used from several threads.</summary>
/// <remarks>Whatever ends a call early is a <see cref="Manifests.DataException"/> that says where, or the user's wish to stop.</remarks>
internal interface ICache : IDisposable
{
    /// <summary>As the user names it.</summary>
    string Place { get; }

    /// <summary>Where a file lies, for people.</summary>
    string Locate(string name);

    /// <summary>The files of a key, or of all keys; what nobody here has put there may be among them.</summary>
    /// <param name="key">Null for all.</param>
    /// <param name="cancellation">The user wants to stop.</param>
    IEnumerable<CachedFile> List(StepKey? key, CancellationToken cancellation);

    /// <summary>A file's bytes, judged by nobody; null when it is not there.</summary>
    Stream? Open(string name, CancellationToken cancellation);

    /// <summary>Puts a file there. When this returns, the other side has exactly these bytes: it has checked them itself, or they were read back.</summary>
    /// <param name="name">What it is called there; a file of that name is replaced.</param>
    /// <param name="file">What is sent.</param>
    /// <param name="moved">Told how many more bytes are sent; fewer, when some have to be sent again.</param>
    /// <param name="cancellation">The user wants to stop.</param>
    void Put(string name, SentFile file, Action<long> moved, CancellationToken cancellation);

    /// <summary>Takes a file away, if it is there.</summary>
    void Delete(string name, CancellationToken cancellation);
}
