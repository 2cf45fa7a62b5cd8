using System.Diagnostics;
using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Planning.Graphs;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Package.Tests.Rendering;

/// <summary>What a plan looks like: as a table, as a document, as a drawing.</summary>
public sealed class A_plan(ITestOutputHelper output) : IDisposable
{
    private const long Free = 40_000_000_000;
    private readonly ToyHistory _history = new();

    public void Dispose() => _history.Dispose();

    [Fact]
    public void Of_what_was_never_made_has_no_costs() => Golden.Matches("plan-fresh.txt", _history.Lasting(PlanText.Of(_history.Toy.Plan(_history.Steps()), Free, [])));

    [Fact]
    public void Of_a_change_says_what_it_will_probably_cost() => Golden.Matches("plan-changed.txt", _history.Lasting(PlanText.Of(Changed(), Free, [])));

    [Fact]
    public void Warns_when_the_disk_is_too_small() =>
        Assert.EndsWith("\nwarning: that is more than is free; make room, or take another store with --store", PlanText.Of(Changed(), free: 3, []), StringComparison.Ordinal);

    [Fact]
    public void Is_a_document() => Golden.Matches("plan-changed.json", _history.Lasting(PlanDocument.Of("toy.json", Changed(), Free, []).ToJson()));

    [Fact]
    public void Is_drawn_by_mermaid() => Golden.Matches("plan.mermaid", MermaidGraph.Of(PlanGraph.Of(Changed())));

    [Fact]
    public void Is_drawn_by_graphviz() => Golden.Matches("plan.dot", DotGraph.Of(PlanGraph.Of(Changed())));

    [Theory]
    [InlineData("train@unroll=3,tokens=2+4")]
    [InlineData("a \"quoted\" one")]
    [InlineData("back\\slash\\n and \\l")]
    [InlineData("`code` **bold** #35; #quot; &amp; <b>")]
    [InlineData("end] subgraph x; -->|a| %% {b} ((c))")]
    [InlineData("Fr\u00fchst\u00fcck \u65e5\u672c \ud83d\ude00")]
    [InlineData("line\nbreak")]
    public void Shows_any_name_as_it_is(string id)
    {
        var graph = PlanGraph.Of(new([new(ToyStore.Write(id), StepState.Run, "")]));
        var mermaid = MermaidGraph.Of(graph).Split('\n');

        // One line of a node, whose label holds nothing but plain characters and numbers that stand for others.
        Assert.Matches(@"^  n0\[""([\p{L}\p{Nd} \-./=@,]|#\d+;)*""\]:::run$", mermaid[1]);
        Assert.StartsWith("  classDef", mermaid[2], StringComparison.Ordinal);
        if (LabelByGraphviz(DotGraph.Of(graph)) is { } shown)
        {
            Assert.Equal(id.Replace('\n', '?'), shown);
        }
        else
        {
            output.WriteLine("skipped: this machine has no Graphviz");
        }
    }

    /// <summary>What Graphviz would draw in the one node; null where it is not installed.</summary>
    private static string? LabelByGraphviz(string text)
    {
        var start = new ProcessStartInfo("dot", ["-Tsvg"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            using var dot = Process.Start(start)!;
            dot.StandardInput.Write(text);
            dot.StandardInput.Close();
            var svg = System.Xml.Linq.XDocument.Parse(dot.StandardOutput.ReadToEnd());
            dot.WaitForExit();
            Assert.Equal(0, dot.ExitCode);
            return svg.Descendants().Single(element => element.Name.LocalName is "text").Value.Replace('\u00a0', ' ');
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private Plan Changed()
    {
        _history.Toy.Run(_history.Steps());
        _history.Toy.Database.Execute("update artifacts set seconds = 10 * bytes");
        return _history.Toy.Plan(_history.Steps(lines: 5));
    }
}
