using System.Runtime.InteropServices;

namespace AngelSlim.Torch.Tensors;

/// <summary>How the C library, from which libtorch has its memory, deals with the system's.</summary>
/// <remarks>
/// Left alone, glibc asks the system for every large tensor and gives it back at once: a training step faults in the same
/// gigabytes again and again, which takes up to two thirds of its time in bfloat16 (docs/benchmarks.md). That holds for
/// tensors of the main thread; the C library gives other threads heaps of at most 64 MiB.
/// </remarks>
internal static partial class TensorMemory
{
    // <malloc.h>
    private const int TrimThreshold = -1;
    private const int MostMappings = -4;
    private const int UsualMappings = 65536;

    private static volatile bool _isKept;

    /// <summary>Keeps what tensors have given back, for the next ones; until <see cref="GiveBack"/>.</summary>
    public static void Keep()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetOption(MostMappings, 0);
            _ = SetOption(TrimThreshold, int.MaxValue);
            _isKept = true;
        }
    }

    /// <summary>Makes a large tensor outside the heap, where it tears no hole between others: for one that lives long within a step.</summary>
    /// <param name="make">Makes it.</param>
    public static T Apart<T>(Func<T> make)
    {
        if (!_isKept)
        {
            return make();
        }

        _ = SetOption(MostMappings, UsualMappings);
        try
        {
            return make();
        }
        finally
        {
            _ = SetOption(MostMappings, 0);
        }
    }

    /// <summary>Gives to the system what nothing uses: between two pieces of work.</summary>
    public static void GiveBack()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Trim(0);
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
