using System.Runtime.CompilerServices;
using AngelSlim.Torch.Tests;
using AngelSlim.Torch.Tests.Stages;
using Xunit;
using Xunit.Abstractions;

// libtorch keeps one global generator and one thread pool: torch tests take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: TestCollectionOrderer($"{nameof(AngelSlim)}.{nameof(AngelSlim.Torch)}.{nameof(AngelSlim.Torch.Tests)}.{nameof(MemoryFirst)}", $"{nameof(AngelSlim)}.{nameof(AngelSlim.Torch)}.{nameof(AngelSlim.Torch.Tests)}")]

namespace AngelSlim.Torch.Tests;

internal static class SetUp
{
    /// <summary>One thread: the same bits on every machine, and no two OpenMP pools that spin at each other's barriers.</summary>
    [ModuleInitializer]
    internal static void OneThread() => TorchSharp.torch.set_num_threads(1);
}

/// <summary>What is measured of the process comes first: holes that other tests leave in the heap would be filled unseen, or torn further.</summary>
public sealed class MemoryFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.DisplayName.EndsWith(nameof(A_training_memory), StringComparison.Ordinal) ? 0 : 1).ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
