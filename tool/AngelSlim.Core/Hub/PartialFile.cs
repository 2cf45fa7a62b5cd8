using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AngelSlim.Core.Hub;

/// <summary>A file while its bytes come, and the hash of those that came.</summary>
internal sealed class PartialFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly HubFile _file;
    private IncrementalHash _hash;

    private PartialFile(FileStream stream, HubFile file) => (_stream, _file, _hash) = (stream, file, Begin(file));

    /// <summary>Bytes that came.</summary>
    public long Length => _stream.Length;

    /// <summary>Opens what an earlier attempt left, or begins.</summary>
    /// <exception cref="OperationCanceledException">The user did not want to wait until it was read.</exception>
    public static PartialFile Open(string path, HubFile file, CancellationToken ct)
    {
        var partial = new PartialFile(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0), file);
        try
        {
            var buffer = new byte[1 << 20];
            for (int count; (count = partial._stream.Read(buffer)) > 0;)
            {
                ct.ThrowIfCancellationRequested();
                partial._hash.AppendData(buffer, 0, count);
            }

            return partial;
        }
        catch
        {
            partial.Dispose();
            throw;
        }
    }

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _hash.AppendData(bytes);
    }

    /// <summary>Forgets all that came.</summary>
    public void Restart()
    {
        _stream.SetLength(0);
        _hash.Dispose();
        _hash = Begin(_file);
    }

    /// <summary>The hash of what came. Nothing can be added afterwards, but after a restart.</summary>
    public string TakeHash() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <summary>All bytes are on disk when this returns.</summary>
    public void Flush() => _stream.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }

    /// <summary>Large files are known by their SHA-256, small ones by what git calls them: the SHA-1 of <c>blob SIZE</c>, a zero and the bytes.</summary>
    private static IncrementalHash Begin(HubFile file)
    {
        if (file.Hash.Length is 64)
        {
            return IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }

        var git = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        git.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Size}\0")));
        return git;
    }
}
