using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Planning.Explaining;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests.Rendering;

/// <summary>Why a step is there, or runs.</summary>
public sealed class An_explanation : IDisposable
{
    private readonly ToyHistory _history = new();

    public void Dispose() => _history.Dispose();

    [Fact]
    public void Of_what_was_never_made() => Matches("explain-fresh.txt", "join", _history.Steps());

    [Fact]
    public void Of_a_setting_that_changed()
    {
        _history.Toy.Run(_history.Steps());
        Matches("explain-setting.txt", "write@word=a", _history.Steps(lines: 5));
    }

    [Fact]
    public void Of_a_file_that_changed()
    {
        _history.Toy.Run(_history.Steps());
        Matches("explain-file.txt", "write@word=a", _history.Steps(brought: "other\n"));
    }

    [Fact]
    public void Of_a_change_further_up()
    {
        _history.Toy.Run(_history.Steps());
        Matches("explain-upstream.txt", "count", _history.Steps(lines: 5));
    }

    [Fact]
    public void Of_a_change_further_up_whose_bytes_are_there()
    {
        _history.Toy.Run(_history.Steps());
        _history.Toy.Run(_history.Steps(lines: 5)[..1]);
        var explained = Explain("join", _history.Steps(lines: 5));
        Assert.Equal(
            [("join", DifferenceKind.Step, "parts", "write@word=a"), ("write@word=a", DifferenceKind.Setting, "lines", null)],
            explained.Comparisons.SelectMany(comparison => comparison.Differences.Select(each => (comparison.Step.Step.Id, each.Kind, each.Path, each.Name))));
        Assert.All(explained.Comparisons.SelectMany(comparison => comparison.Differences), difference => Assert.False(difference.IsOpen));
        Assert.Equal(("lines", "3", "5"), explained.Roots.Select(root => (root.What.Path, root.What.Was, root.What.Now)).Single());
    }

    [Fact]
    public void Of_what_is_there()
    {
        _history.Toy.Run(_history.Steps());
        Matches("explain-there.txt", "count", _history.Steps());
    }

    [Fact]
    public void Of_a_run_that_is_asked_for()
    {
        _history.Toy.Run(_history.Steps());
        _history.Toy.Run(_history.Steps(lines: 5));
        Matches("explain-against.txt", "count", _history.Steps(lines: 5), run: 1);
    }

    [Fact]
    public void Is_a_document()
    {
        _history.Toy.Run(_history.Steps());
        var json = ExplainDocument.Of("toy.json", Explain("count", _history.Steps(lines: 5))).ToJson();
        PrintedDocument.KeepsToItsSchema(json);
        Golden.Matches("explain-upstream.json", _history.Lasting(json));
    }

    [Fact]
    public void Says_that_a_key_has_given_different_bytes()
    {
        _history.Toy.Run(_history.Steps());
        _history.Toy.Database.Execute("insert into outputs (stage, key, steady, run, seen) select stage, key, replace(steady, substr(steady, 1, 1), 'f'), run, seen from outputs where stage = 'count'");
        Matches("explain-unsteady.txt", "count", _history.Steps());
    }

    [Fact]
    public void Knows_less_without_an_index_and_nothing_that_is_wrong()
    {
        _history.Toy.Run(_history.Steps());
        foreach (var table in new[] { "outputs", "sources", "lineage", "artifacts", "metrics", "attempts", "steps" })
        {
            _history.Toy.Database.Execute($"delete from {table}");
        }

        var explained = Explain("count", _history.Steps(lines: 5, brought: "other\n"));
        Assert.Equal(
            ["count: text", "join: parts", "write@word=a: lines", "write@word=a: source"],
            explained.Comparisons.SelectMany(comparison => comparison.Differences.Select(each => $"{comparison.Step.Step.Id}: {each.Path}")));
        Assert.All(explained.Comparisons, comparison => Assert.Null(comparison.Making));
    }

    [Fact]
    public void Asks_whether_another_step_was_meant()
    {
        Assert.Equal("angelslim: error ASL0010: There is no step 'cuont'; did you mean 'count'?", Refused("cuont"));
        Assert.Equal("angelslim: error ASL0010: There is no step 'x'; there are write@word=a, write@word=b, join, count.", Refused("x"));
    }

    [Fact]
    public void Refuses_a_run_that_did_not_come_to_the_step()
    {
        _history.Toy.Run(_history.Steps()[..2]);
        Assert.Equal("angelslim: error ASL0010: This store knows no run 7 that came to a step.", Refused("count", run: 7));
        Assert.Equal("angelslim: error ASL0010: Run 1 did not come to count; it came to write@word=a, write@word=b.", Refused("count", run: 1));
    }

    private string Refused(string step, long? run = null) =>
        Assert.Throws<UserException>(() => Explain(step, _history.Steps(), run)).Problems.Single().ToString();

    private void Matches(string golden, string step, Step[] steps, long? run = null) =>
        Golden.Matches(golden, _history.Lasting(ExplanationText.Of(Explain(step, steps, run))));

    private Explanation Explain(string step, Step[] steps, long? run = null) =>
        new Explainer(_history.Toy.Plan(steps), _history.Toy.Planner, _ => null).Explain(step, run);
}
