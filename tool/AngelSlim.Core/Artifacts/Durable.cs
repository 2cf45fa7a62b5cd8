using System.Runtime.InteropServices;
using System.Text;

namespace AngelSlim.Core.Artifacts;

/// <summary>Changes of the file system that are on disk when the call returns.</summary>
internal static class Durable
{
    /// <summary>Flushes a file's bytes.</summary>
    public static void FlushFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Flushes a folder's entries: names that were made, renamed or deleted in it.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var handle = Open(Encoding.UTF8.GetBytes(path + '\0'), flags: 0);
        if (handle < 0)
        {
            throw new IOException($"Cannot open the folder {path}.", Marshal.GetLastPInvokeError());
        }

        var result = FSync(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        if (result != 0)
        {
            throw new IOException($"Cannot flush the folder {path}.", error);
        }
    }

    /// <summary>Makes a folder and those above it that are not there yet.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var above = Path.GetDirectoryName(path)!;
        CreateFolder(above);
        Directory.CreateDirectory(path);
        FlushFolder(above);
    }

    /// <summary>Writes a whole file; whoever looks sees the old one or the new one, also after a power cut.</summary>
    public static void WriteText(string path, string text)
    {
        var unfinished = path + ".new";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Renames a file or a folder; both parents are flushed.</summary>
    public static void Move(string from, string to)
    {
        Directory.Move(from, to);
        FlushFolder(Path.GetDirectoryName(to)!);
        FlushFolder(Path.GetDirectoryName(from)!);
    }

    /// <summary>Deletes a folder, if it is there, and all that is in it, also where it may only be read.</summary>
    public static void DeleteFolder(string path)
    {
        var folder = new DirectoryInfo(path);
        if (!folder.Exists)
        {
            return;
        }

        foreach (var entry in folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None }).Prepend(folder))
        {
            MakeWritable(entry);
        }

        foreach (var inner in folder.EnumerateDirectories("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None }))
        {
            // A link is deleted, never what it leads to.
            if (inner.LinkTarget is null)
            {
                DeleteFolder(inner.FullName);
            }
        }

        folder.Delete(recursive: true);
    }

    private static void MakeWritable(FileSystemInfo entry)
    {
        if (entry.LinkTarget is null && OperatingSystem.IsWindows())
        {
            entry.Attributes &= ~FileAttributes.ReadOnly;
        }
        else if (entry.LinkTarget is null && entry is DirectoryInfo && !OperatingSystem.IsWindows())
        {
            entry.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
