using System.Diagnostics;
using AngelSlim.Core.Tests.Running;

namespace AngelSlim.Core.Tests.Crashes;

/// <summary>A disk of 4 MB of its own: memory, or a file with ext4 in it, whose folders take room too.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SmallDisk() => Directory.CreateDirectory(Path);

    /// <summary>Where it is mounted.</summary>
    public string Path => _folder.At("disk");

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Makes and mounts one.</summary>
    /// <param name="kind"><c>tmpfs</c> or <c>ext4</c>.</param>
    /// <param name="why">Why that could not be done.</param>
    public static SmallDisk? TryMount(string kind, out string why)
    {
        var disk = new SmallDisk();
        var image = disk._folder.At("image");
        if (kind is "tmpfs")
        {
            why = Failure("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.Path);
        }
        else
        {
            using (var file = File.Create(image))
            {
                file.SetLength(4 << 20);
            }

            why = Failure("mkfs.ext4", "-q", "-m", "0", image);
            why = why.Length > 0 ? why : Failure("mount", "-o", "loop", image, disk.Path);
        }

        if (why.Length is 0)
        {
            return disk;
        }

        disk._folder.Dispose();
        return null;
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = 1 << 18; size > 0; size /= 8)
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
            }
        }

        try
        {
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Makes the room again that <see cref="Fill"/> took.</summary>
    public void Empty() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily: a test that fails may have left a file open.
        _ = Failure("umount", "-l", Path);
        _folder.Dispose();
    }

    private static string Failure(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var talk = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode is 0 ? "" : $"{program}: {talk.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
