using System.Collections;
using System.Runtime.InteropServices;

namespace AngelSlim.Toy;

/// <summary>Kills a process with SIGKILL just before its n-th change of a folder. Whatever the moment of a kill, it falls between two changes.</summary>
/// <remarks>Only on Linux, x64. What is traced must itself ask for it with <see cref="ChangeFilter"/>. Nothing else in this process may start processes: waiting for all children takes theirs as well.</remarks>
internal static class Tracer
{
    private const int Continue = 7;
    private const int Seize = 0x4206;
    private const int Clone = 8;
    private const int Seccomp = 0x80;
    private const int KillWithMe = 0x100000;
    private const int SeccompEvent = 7;
    private const int Stopped = 2;
    private const int AllThreads = 0x40000000;
    private const int SigKill = 9;
    private const int SigCont = 18;

    /// <summary>Starts a program and kills it.</summary>
    /// <param name="change">Before which change, counted from 0.</param>
    /// <param name="root">The folder.</param>
    /// <param name="command">Path of the program, and its arguments.</param>
    /// <returns>The change that it did not come to; null when it ended before, with 0.</returns>
    /// <exception cref="InvalidOperationException">It ended with another exit code, or may not be traced.</exception>
    public static string? KillBefore(int change, string root, params string[] command)
    {
        string?[] arguments = ["sh", "-c", "kill -STOP $$; exec \"$@\"", "sh", .. command, null];
        string?[] environment = [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}"), null];
        Check(PosixSpawn(out var child, "/bin/sh", 0, 0, arguments, environment) is 0, "start a shell");
        Check(WaitPid(child, out _, Stopped) == child, "wait for it");
        Check(Ptrace(Seize, child, 0, Clone | Seccomp | KillWithMe) is 0, "trace it");
        _ = Kill(child, SigCont);
        return Follow(child, change, root);
    }

    private static string? Follow(int child, int change, string root)
    {
        var (seen, killedBefore) = (0, (string?)null);
        while (true)
        {
            var thread = WaitPid(-1, out var status, AllThreads);
            Check(thread > 0, "wait for it");
            if ((status & 0xff) is not 0x7f)
            {
                if (thread != child)
                {
                    continue;
                }

                Check(status is 0 || (killedBefore is not null && status is SigKill), $"see a good end of it, but status {status}");
                return killedBefore;
            }

            var what = status >> 16;
            if (what is SeccompEvent && killedBefore is null && SystemCall.Of(thread).Change(thread, root) is { } name && seen++ == change)
            {
                killedBefore = name;
                _ = Kill(child, SigKill);
            }

            // A signal is passed on; an event is none.
            _ = Ptrace(Continue, thread, 0, what is 0 ? (status >> 8) & 0xff : 0);
        }
    }

    private static void Check(bool isDone, string what)
    {
        if (!isDone)
        {
            throw new InvalidOperationException($"cannot {what}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [DllImport("libc", EntryPoint = "posix_spawn", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int PosixSpawn(out int pid, string path, nint actions, nint attributes, string?[] arguments, string?[] environment);

    [DllImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitPid(int pid, out int status, int options);

    [DllImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern nint Ptrace(long request, int pid, nint address, nint data);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
