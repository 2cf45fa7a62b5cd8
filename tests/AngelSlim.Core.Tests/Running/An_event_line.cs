using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

public sealed class An_event_line : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, object> Told => new()
    {
        { """{"form":"angelslim/event/1","at":"2026-01-31T08:00:00.000Z","step":"train","event":"progressed","done":3,"total":9,"unit":"steps","detail":"loss 2"}""", new Progressed(3, 9, "steps") { Detail = "loss 2" } },
        { """{"form":"angelslim/event/1","at":"2026-01-31T08:00:00.000Z","step":"train","event":"measured","name":"loss","value":2.5,"of":40}""", new Measured("loss", 2.5, 40) },
        { """{"form":"angelslim/event/1","at":"2026-01-31T08:00:00.000Z","step":"train","event":"measured","name":"loss","value":null,"of":null}""", new Measured("loss", double.NaN) },
        { """{"form":"angelslim/event/1","at":"2026-01-31T08:00:00.000Z","step":"train","event":"said","text":"wörter\nnext","warning":true}""", new Said("wörter\nnext", Warning: true) },
        { """{"form":"angelslim/event/1","at":"2026-01-31T08:00:00.000Z","step":"train","event":"failed","problem":"no","trace":null}""", new Failed("no", null) },
    };

    [Theory]
    [MemberData(nameof(Told))]
    public void Is_read_as_it_was_written(string line, object told)
    {
        var happened = new StepEvent("train", At, (RunEvent)told);
        Assert.Equal(line, EventLine.Of(happened));
        Assert.Equal(happened, EventLine.Read(line));
    }

    [Fact]
    public void Says_who_is_waited_for()
    {
        var line = JsonNode.Parse(EventLine.Of(new("train", At, new Waiting(new StepKey("train", Digest.Of("")), new Holder(7, "there", At)))))!;
        Assert.Equal(("waiting", 7, "there", "2026-01-31T08:00:00.000Z"), ((string)line["event"]!, (int)line["pid"]!, (string)line["host"]!, (string)line["since"]!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"at":"2026-01-31T08:00:00Z","step":"train","event":"progressed","done":3,"tot""")]
    [InlineData("""{"at":"2026-01-31T08:00:00Z","step":"train","event":"progressed","done":"many","total":9,"unit":"steps"}""")]
    [InlineData("""{"at":"yesterday","step":"train","event":"said","text":"x","warning":false}""")]
    [InlineData("""{"at":"2026-01-31T08:00:00Z","step":"train","event":"flew"}""")]
    public void That_is_none_is_passed_over(string line) => Assert.Null(EventLine.Read(line));

    [Fact]
    public void Is_read_once_and_whole_from_a_log_that_grows_and_is_moved()
    {
        var (log, moved) = (_folder.At("log"), _folder.At("moved"));
        var tail = new LogTail();
        Assert.Empty(tail.Read(log));
        File.WriteAllText(log, "one\ntw");
        Assert.Equal(["one"], tail.Read(log));
        Assert.Empty(tail.Read(log));
        File.AppendAllText(log, "o\nthree\n");
        File.Move(log, moved);
        Assert.Equal(["two", "three"], tail.Read(moved));
        Assert.Empty(tail.Read(moved));
    }

    public void Dispose() => _folder.Dispose();
}
