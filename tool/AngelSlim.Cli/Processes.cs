using System.ComponentModel;
using System.Diagnostics;

namespace AngelSlim.Cli;

/// <summary>The processes of this machine.</summary>
internal static class Processes
{
    /// <summary>When a process began; null when there is none of this number, or the system does not say.</summary>
    public static DateTimeOffset? StartOf(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.StartTime;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
