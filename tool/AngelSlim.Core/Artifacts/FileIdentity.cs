using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace AngelSlim.Core.Artifacts;

/// <summary>What changes whenever a file's bytes may have changed: size, inode, and both times.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Inode">0 where the system has none.</param>
/// <param name="Modified">Nanoseconds since 1970 of the last change of the bytes; a program can set it back.</param>
/// <param name="Changed">Nanoseconds since 1970 of the last change of bytes or attributes; nobody can set it.</param>
internal sealed record FileIdentity(string Path, long Size, long Inode, long Modified, long Changed)
{
    private const int FollowLinksFromHere = -100;

    // A network disk is asked, instead of what this machine remembers of it.
    private const int AskTheServer = 0x2000;
    private const uint BasicFacts = 0x7ff;
    private const int NoEntry = 2;
    private const int NoFolder = 20;
    private const int Denied = 13;

    /// <summary>When bytes or attributes last changed, by the file system's clock.</summary>
    public DateTimeOffset LastChange => DateTimeOffset.UnixEpoch.AddTicks(Math.Max(Modified, Changed) / 100);

    /// <summary>The same file, not written to since: only its attributes (rights, the number of its links) may have changed.</summary>
    public bool IsUnwritten(FileIdentity since) => this with { Changed = since.Changed } == since;

    /// <summary>Of a file, or of what a link leads to.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way to it may not be searched.</exception>
    /// <exception cref="IOException">The system cannot say.</exception>
    public static FileIdentity Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            var file = new FileInfo(path);
            var written = (file.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100;
            return new(path, file.Length, Inode: 0, written, written);
        }

        // struct statx has one layout on every architecture: size at 40, inode at 32, changed at 96, modified at 112.
        var facts = new byte[256];
        if (StatX(FollowLinksFromHere, Encoding.UTF8.GetBytes(path + '\0'), AskTheServer, BasicFacts, facts) != 0)
        {
            throw Refusal(path, Marshal.GetLastPInvokeError());
        }

        return new(path, Whole(facts, 40), Whole(facts, 32), Nanoseconds(facts, 112), Nanoseconds(facts, 96));
    }

    /// <summary>What a refusal of the system says about a file: only some of them mean that it is not there.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="error">The system's number.</param>
    internal static Exception Refusal(string path, int error) => error switch
    {
        NoEntry or NoFolder => new FileNotFoundException($"There is no file {path}.", path),
        Denied => new UnauthorizedAccessException($"Access to {path} is denied."),
        _ => new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: {path}", error),
    };

    private static long Whole(byte[] facts, int at) => BinaryPrimitives.ReadInt64LittleEndian(facts.AsSpan(at));

    private static long Nanoseconds(byte[] facts, int at) =>
        checked((Whole(facts, at) * 1_000_000_000) + BinaryPrimitives.ReadUInt32LittleEndian(facts.AsSpan(at + 8)));

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, byte[] path, int flags, uint mask, byte[] facts);
}
