using System.Runtime.CompilerServices;
using Xunit;

// libtorch keeps one global generator and one thread pool: torch tests take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace AngelSlim.Torch.Tests;

internal static class SetUp
{
    /// <summary>One thread: the same bits on every machine, and no two OpenMP pools that spin at each other's barriers.</summary>
    [ModuleInitializer]
    internal static void OneThread() => TorchSharp.torch.set_num_threads(1);
}
