using System.Text;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>How far a step was when it last said so.</summary>
/// <param name="At">When that was.</param>
/// <param name="Progress">What it said.</param>
internal sealed record StepProgress(DateTimeOffset At, Progressed Progress)
{
    /// <summary>More than the lines of some minutes.</summary>
    private const int Tail = 64 * 1024;

    /// <summary>From the end of a step's log; null when there is none, or nothing there says it.</summary>
    public static StepProgress? Last(string log)
    {
        try
        {
            using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(Tail, file.Length), SeekOrigin.End);
            var bytes = new byte[Tail];
            var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, Tail, throwOnEndOfStream: false));
            return text.Split('\n').Reverse().Select(Read).FirstOrDefault(progress => progress is not null);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>A line may be cut: at the seek, or because it is just being written.</summary>
    private static StepProgress? Read(string line) =>
        line.Contains("\"progressed\"", StringComparison.Ordinal) && EventLine.Read(line) is { Event: Progressed progressed } happened ? new(happened.At, progressed) : null;
}
