using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_failed_step : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Keeps_its_work_and_says_where()
    {
        using var toy = new ToyStore(_folder.Path);

        Assert.Throws<DataException>(() => toy.Run(Act("a", _ => throw new DataException(ProblemCode.BadRow, "half a row"))));

        var work = Assert.IsType<Ended>(toy.Events[^1].Event).Result.Work!;
        Assert.Equal("a", File.ReadAllText(Path.Combine(work, "output", "text")));
        var failed = Logged(work);
        Assert.Contains("half a row", (string)failed["problem"]!, StringComparison.Ordinal);
        Assert.Null(failed["trace"]);
    }

    [Fact]
    public void By_a_bug_has_its_trace_in_the_log_and_one_line_for_the_user()
    {
        using var toy = new ToyStore(_folder.Path);

        var fault = Assert.Throws<StageFault>(() => toy.Run(Act("a", _ => throw new InvalidOperationException("first\nsecond"))));

        var work = Assert.IsType<Ended>(toy.Events[^1].Event).Result.Work!;
        Assert.Equal($"a ended with InvalidOperationException: first The stack trace is in {Path.Combine(work, "log.ndjson")}.", fault.Message);
        Assert.Contains("at AngelSlim.Toy.ActStage.Run(", (string)Logged(work)["trace"]!, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", (string)toy.Database.Scalar("select message from attempts")!, StringComparison.Ordinal);
    }

    [Fact]
    public void That_gives_up_by_itself_was_not_stopped_by_the_user()
    {
        using var toy = new ToyStore(_folder.Path);

        Assert.Throws<StageFault>(() => toy.Run(Act("a", _ => throw new OperationCanceledException())));

        Assert.Equal("failed", toy.Outcomes["a"]);
    }

    public void Dispose() => _folder.Dispose();

    private static JsonNode Logged(string work) => JsonNode.Parse(Assert.Single(File.ReadAllLines(Path.Combine(work, "log.ndjson"))))!;
}
