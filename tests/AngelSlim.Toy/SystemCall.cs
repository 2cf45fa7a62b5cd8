using System.Runtime.InteropServices;
using System.Text;

namespace AngelSlim.Toy;

/// <summary>A system call that a traced thread is about to make.</summary>
internal readonly record struct SystemCall(long Number, long[] Arguments)
{
    private const long GetSystemCall = 0x420e;
    private const int NumberAt = 24;
    private const int Size = 88;
    private const long Create = 0x40;
    private const long Truncate = 0x200;

    /// <summary>Those of x64 that change files, with the place of the path or the open file among their arguments; of a renaming also the new one.</summary>
    public static readonly IReadOnlyDictionary<long, (string Name, int[] Paths, int[] Files)> Changes = new Dictionary<long, (string, int[], int[])>
    {
        [1] = ("write", [], [0]),
        [2] = ("open", [0], []),
        [18] = ("pwrite", [], [0]),
        [20] = ("writev", [], [0]),
        [77] = ("ftruncate", [], [0]),
        [82] = ("rename", [0, 1], []),
        [83] = ("mkdir", [0], []),
        [84] = ("rmdir", [0], []),
        [87] = ("unlink", [0], []),
        [90] = ("chmod", [0], []),
        [91] = ("fchmod", [], [0]),
        [257] = ("openat", [1], []),
        [258] = ("mkdirat", [1], []),
        [263] = ("unlinkat", [1], []),
        [264] = ("renameat", [1, 3], []),
        [268] = ("fchmodat", [1], []),
        [285] = ("fallocate", [], [0]),
        [296] = ("pwritev", [], [0]),
        [316] = ("renameat2", [1, 3], []),
    };

    /// <summary>Where a thread is stopped.</summary>
    public static SystemCall Of(int thread)
    {
        var buffer = Marshal.AllocHGlobal(Size);
        try
        {
            if (Tracer.Ptrace(GetSystemCall, thread, Size, buffer) <= NumberAt)
            {
                // Killed meanwhile.
                return new(-1, []);
            }

            return new(Marshal.ReadInt64(buffer, NumberAt), [.. Enumerable.Range(1, 6).Select(i => Marshal.ReadInt64(buffer, NumberAt + (8 * i)))]);
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    }

    /// <summary>What it changes in a folder; null when it changes nothing there. Locks and what SQLite's readers share are none of its content: whoever comes first makes them anew.</summary>
    public string? Change(int thread, string root)
    {
        if (!Changes.TryGetValue(Number, out var call) || (Flags is { } flags && (flags & (Create | Truncate)) is 0))
        {
            return null;
        }

        var arguments = Arguments;
        string[] paths = [.. call.Paths.Select(at => Text(thread, arguments[at])), .. call.Files.Select(at => new FileInfo($"/proc/{thread}/fd/{(int)arguments[at]}").LinkTarget ?? "")];
        var inside = paths.Where(path => path.StartsWith(root + "/", StringComparison.Ordinal)).Select(path => path[(root.Length + 1)..]).ToList();
        return inside.Count is 0 || inside[0].StartsWith("locks", StringComparison.Ordinal) || inside[0].EndsWith("-shm", StringComparison.Ordinal) ? null : $"{call.Name} {string.Join(" -> ", inside)}";
    }

    /// <summary>How it opens a file.</summary>
    private long? Flags => Number switch { 2 => Arguments[1], 257 => Arguments[2], _ => null };

    private static string Text(int thread, long address)
    {
        using var memory = File.OpenHandle($"/proc/{thread}/mem");
        var bytes = new byte[4096];
        var length = RandomAccess.Read(memory, bytes, address);
        return Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Max(0, bytes.AsSpan(0, length).IndexOf((byte)0))));
    }
}
