using AngelSlim.Core.Stages.Regeneration;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Stages.Regeneration;

public sealed class A_regeneration_that_is_killed
{
    private const int Rows = 7;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Goes_on_wherever_it_was_and_loses_and_repeats_no_row(int concurrency)
    {
        using var clean = New(concurrency);
        clean.Run();
        for (var killedAt = 1; killedAt <= Rows * 2; killedAt++)
        {
            using var asking = New(concurrency);
            using var kill = new CancellationTokenSource();
            var (requests, at) = (0, killedAt);
            asking.Server.Fault = _ =>
            {
                if (Interlocked.Increment(ref requests) == at)
                {
                    kill.Cancel();
                }

                return null;
            };
            _ = Assert.ThrowsAny<OperationCanceledException>(() => asking.Run(kill.Token));
            Assert.False(File.Exists(asking.Result.Train));
            var kept = AnswerJournal.Open(asking.Journal) is var journal ? journal.Count : 0;
            journal.Dispose();
            var asked = Settled(() => asking.Server.Requests.Length);

            asking.Run();
            Same(clean, asking);
            Assert.Equal((Rows - kept) * 2, asking.Server.Requests.Length - asked);
        }
    }

    /// <summary>What a client has sent before it was stopped reaches a busy server a little later.</summary>
    private static int Settled(Func<int> count)
    {
        var before = -1;
        for (var now = count(); now != before; now = count())
        {
            before = now;
            Thread.Sleep(50);
        }

        return before;
    }

    [Fact]
    public void Takes_no_row_that_was_not_written_to_its_end()
    {
        using var clean = New(1);
        clean.Run();
        var whole = File.ReadAllBytes(clean.Journal);
        for (var length = 0; length < whole.Length; length += 97)
        {
            using var asking = New(1);
            File.WriteAllBytes(asking.Journal, whole[..length]);
            asking.Run();
            Same(clean, asking);
            Assert.Equal((Rows - whole.AsSpan(0, length).Count((byte)'\n')) * 2, asking.Server.Requests.Length);
        }
    }

    /// <summary>A power cut may leave a file longer than what was written to it.</summary>
    [Fact]
    public void Takes_nothing_that_the_disk_has_made_of_a_row()
    {
        using var clean = New(1);
        clean.Run();
        var whole = File.ReadAllBytes(clean.Journal);
        var third = NthLine(whole, 3);
        foreach (var damaged in new byte[][]
        {
            [.. whole[..third], .. new byte[4096]],
            [.. whole[..third], .. new byte[100], (byte)'\n', .. whole[third..]],
            [.. whole[..(third + 60)], (byte)'?', .. whole[(third + 61)..]],
            [.. whole[..third], (byte)'0', .. whole[(third + 1)..]],
        })
        {
            using var asking = New(1);
            File.WriteAllBytes(asking.Journal, damaged);
            asking.Run();
            Same(clean, asking);
            Assert.Equal((Rows - 3) * 2, asking.Server.Requests.Length);
        }
    }

    [Fact]
    public void Asks_nobody_when_all_answers_were_there()
    {
        using var asking = New(1);
        asking.Run();
        File.Delete(asking.Result.Train);
        var asked = asking.Server.Requests.Length;
        asking.Server.Fault = _ => FakeVllm.Replay("engine-death");
        asking.Run();

        Assert.Equal(asked, asking.Server.Requests.Length);
        Assert.Equal(Rows, asking.Answered.Length);
    }

    private static Asking New(int concurrency)
    {
        var asking = new Asking(Enumerable.Range(0, Rows).Select(number => Text.Rows.Chat($"first {number}", "old", $"second {number}").ToJsonString()));
        asking.Settings = asking.Settings with { Concurrency = concurrency };
        return asking;
    }

    private static void Same(Asking clean, Asking asking)
    {
        Assert.Equal(File.ReadAllText(clean.Result.Train), File.ReadAllText(asking.Result.Train));
        Assert.Equal(File.ReadAllText(clean.Result.Summary), File.ReadAllText(asking.Result.Summary));
    }

    private static int NthLine(byte[] bytes, int lines)
    {
        var at = 0;
        for (var line = 0; line < lines; line++)
        {
            at = Array.IndexOf(bytes, (byte)'\n', at) + 1;
        }

        return at;
    }
}
