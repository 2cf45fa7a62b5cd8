using System.Text;

namespace AngelSlim.Core.Running;

/// <summary>Reads a log that grows, and may be moved meanwhile: every whole line once.</summary>
internal sealed class LogTail
{
    private long _read;

    /// <summary>The whole lines that have come since.</summary>
    /// <param name="path">Where the log lies now.</param>
    public IReadOnlyList<string> Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[Math.Max(0, file.Length - _read)];
            file.Seek(_read, SeekOrigin.Begin);
            var got = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var whole = Array.LastIndexOf(bytes, (byte)'\n', Math.Max(0, got - 1)) + 1;
            _read += whole;
            return Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            // It was moved between the look and the opening; the next look finds it.
            return [];
        }
    }
}
