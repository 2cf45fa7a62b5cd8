using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Stages.Regeneration;

/// <summary>Beside nothing else, whose memory would be counted too.</summary>
[CollectionDefinition(nameof(Memory_of_a_regeneration), DisableParallelization = true)]
[Collection(nameof(Memory_of_a_regeneration))]
public sealed class Memory_of_a_regeneration
{
    /// <summary>Of rows that are not answered at the moment nothing but keys and places is in memory, however long they are.</summary>
    [Fact]
    public void Is_no_more_than_of_the_rows_that_are_being_answered()
    {
        const int rows = 600;
        var filling = new string('x', 40_000);
        using var asking = new Asking(Enumerable.Range(0, rows).Select(number => Text.Rows.Chat($"{number} {filling}", "old").ToJsonString()));
        long most = 0;
        var answered = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        asking.Server.Fault = _ =>
        {
            most = Interlocked.Increment(ref answered) % 100 is 0 ? Math.Max(most, GC.GetTotalMemory(forceFullCollection: true)) : most;
            return FakeVllm.Json(200, """{"choices":[{"message":{"content":"Yes."},"finish_reason":"stop"}]}""");
        };
        asking.Server.ForgetsBodies = true;
        asking.Settings = asking.Settings with { Concurrency = 1 };
        asking.Run();

        Assert.Equal(rows, asking.Summary.Rows);
        Assert.InRange(most - before, long.MinValue, new FileInfo(asking.Train).Length / 3);
    }
}
