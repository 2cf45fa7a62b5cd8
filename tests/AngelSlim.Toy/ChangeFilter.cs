using System.Runtime.InteropServices;

namespace AngelSlim.Toy;

/// <summary>Lets this process stop at every system call that may change a file, where <see cref="Tracer"/> looks at it. All other calls are as fast as ever.</summary>
internal static class ChangeFilter
{
    private const int NoNewPrivileges = 38;
    private const long Seccomp = 317;
    private const long SetFilter = 1;
    private const long AllThreads = 1;
    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint Allow = 0x7fff0000;
    private const uint Trace = 0x7ff00000;

    /// <summary>From now on, to the end of the process.</summary>
    public static void Set()
    {
        long[] calls = [.. SystemCall.Changes.Keys];
        Instruction[] program =
        [
            new(Load, 0, 0, 0),
            .. calls.Select((call, i) => new Instruction(JumpIfEqual, (byte)(calls.Length - i), 0, (uint)call)),
            new(Return, 0, 0, Allow),
            new(Return, 0, 0, Trace),
        ];
        var pinned = GCHandle.Alloc(program, GCHandleType.Pinned);
        try
        {
            var filter = new Filter((ushort)program.Length, pinned.AddrOfPinnedObject());
            if (Prctl(NoNewPrivileges, 1, 0, 0, 0) is not 0 || SystemCallOf(Seccomp, SetFilter, AllThreads, ref filter) is not 0)
            {
                throw new InvalidOperationException($"cannot filter system calls: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            pinned.Free();
        }
    }

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Prctl(int option, nint second, nint third, nint fourth, nint fifth);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long SystemCallOf(long number, long operation, long flags, ref Filter filter);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Filter(ushort Length, nint Program);
}
