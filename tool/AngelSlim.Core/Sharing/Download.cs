using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Sharing;

/// <summary>A file of a cache, and what it has to be.</summary>
/// <param name="Name">In the cache.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its bytes.</param>
internal sealed record ArrivingFile(string Name, long Size, Digest Sha256);

/// <summary>Reads files of a cache, each byte judged. What breaks off is read again, some times.</summary>
/// <param name="cache">Where from.</param>
internal sealed class Download(ICache cache)
{
    private const int Tries = 4;
    private const int Block = 1 << 20;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Reads a short text.</summary>
    /// <param name="name">In the cache.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="cancellation">The user wants to stop.</param>
    /// <exception cref="FormatException">It is not there, or longer.</exception>
    public string Text(string name, int most, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        void Take()
        {
            bytes.SetLength(0);
            Read(name, most, block => bytes.Write(block), cancellation);
        }

        var fault = Tried(name, Take, cancellation);
        return fault is null ? Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) : throw new FormatException(fault);
    }

    /// <summary>Reads a file to its end, and judges it.</summary>
    /// <param name="file">What it has to be.</param>
    /// <param name="take">Takes its bytes, in order; begins anew when told so.</param>
    /// <param name="cancellation">The user wants to stop.</param>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public string? Fault(ArrivingFile file, ITaker take, CancellationToken cancellation) => Tried(file.Name, () => Judge(file, take, cancellation), cancellation);

    private void Judge(ArrivingFile file, ITaker take, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Take(ReadOnlySpan<byte> block)
        {
            hash.AppendData(block);
            take.Take(block);
        }

        take.Begin();
        var found = Read(file.Name, file.Size, Take, cancellation);
        var digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (found != file.Size || digest != file.Sha256.Hex)
        {
            throw new Wrong(string.Create(CultureInfo.InvariantCulture, $"expected {file.Size} bytes of SHA-256 {file.Sha256}; found {found} bytes of {digest}"));
        }
    }

    /// <summary>Reads, and stops where more comes than may.</summary>
    private long Read(string name, long most, Action<ReadOnlySpan<byte>> take, CancellationToken cancellation)
    {
        using var stream = cache.Open(name, cancellation) ?? throw new Wrong("expected this file; there is none");
        var block = new byte[Block];
        var total = 0L;
        for (int read; (read = ReadBlock(stream, block, cancellation)) > 0;)
        {
            total += read;
            if (total > most)
            {
                throw new Wrong(string.Create(CultureInfo.InvariantCulture, $"expected at most {most} bytes; found more"));
            }

            take(block.AsSpan(0, read));
        }

        return total;
    }

    /// <summary>A connection that says nothing for a minute is none.</summary>
    private static int ReadBlock(Stream stream, byte[] block, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(LongestSilence);
        try
        {
            return stream.ReadAsync(block, silence.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new BrokenOff(failure);
        }
    }

    /// <summary>What is wrong is said at once; what broke off is tried again.</summary>
    private string? Tried(string name, Action work, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                work();
                return null;
            }
            catch (Wrong fault)
            {
                return fault.Message;
            }
            catch (BrokenOff failure) when (tries == Tries)
            {
                throw CacheFault.Refused(cache.Locate(name), $"Expected this file to its end; it broke off {Tries} times: {failure.Message.TrimEnd('.')}. See whether the cache and the way to it are well, and give the same command again: it goes on with what is missing.", failure);
            }
            catch (BrokenOff)
            {
                cancellation.WaitHandle.WaitOne(FirstPause * Math.Pow(2, tries - 1));
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The other side stopped in the middle of a file.</summary>
    private sealed class BrokenOff(Exception cause) : Exception(cause.Message, cause);

    /// <summary>A file is not what it has to be.</summary>
    private sealed class Wrong(string what) : Exception(what);
}

/// <summary>Takes the bytes of a file.</summary>
internal interface ITaker
{
    /// <summary>The first byte comes next; what came before does not count.</summary>
    void Begin();

    /// <summary>Takes the next bytes.</summary>
    void Take(ReadOnlySpan<byte> block);
}
