using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;

namespace AngelSlim.Core.Upkeep;

/// <summary>Whether the disk is one that a store can live on.</summary>
internal sealed class DiskExamination(string root, TimeProvider clock)
{
    private const long LeastFree = 1_000_000_000;
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(2);

    /// <summary>Looks; leaves nothing behind.</summary>
    public IEnumerable<Finding> Look()
    {
        var disk = FileSystemKind.Of(root);
        yield return disk.IsLocal
            ? new("disk", Health.Fine, $"{disk.Name}, local")
            : new("disk", Health.Note, $"{disk.Name}, not known to be local: the index flushes every commit, and locks are the server's");

        var free = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(root)! : root).AvailableFreeSpace;
        var megabytes = string.Create(CultureInfo.InvariantCulture, $"{free / 1_000_000:N0} MB");
        yield return free >= LeastFree
            ? new("space", Health.Fine, $"{megabytes} free")
            : new("space", Health.Wrong, $"only {megabytes} free: make room, or see what 'dotnet angelslim gc' would delete");
        foreach (var finding in Write())
        {
            yield return finding;
        }
    }

    /// <summary>A file of one moment shows rights and clock at once.</summary>
    private IEnumerable<Finding> Write()
    {
        var probe = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"doctor-{clock.GetUtcNow():yyyyMMddHHmmssfffffff}.new"));
        TimeSpan ahead;
        try
        {
            Durable.WriteText(probe, "");
            ahead = FileIdentity.Of(probe).LastChange - clock.GetUtcNow();
            File.Delete(probe);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [new("rights", Health.Wrong, $"nothing can be written to {root}: {failure.Message}")];
        }

        return
        [
            new("rights", Health.Fine, "files can be written, renamed and deleted"),
            ahead.Duration() <= MostSkew
                ? new("clock", Health.Fine, "the disk and this machine tell the same time")
                : new("clock", Health.Wrong, string.Create(CultureInfo.InvariantCulture, $"the disk's clock is {ahead.TotalSeconds:+0;-0} s off this machine's: set the two alike, or changes of files may go unnoticed")),
        ];
    }
}
