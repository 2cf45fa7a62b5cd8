using System.Text.Json;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Manifests.Sweeps;
using AngelSlim.Core.Reporting;
using AngelSlim.Core.Running;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests.Rendering;

public sealed class A_table_of_points
{
    private static readonly PointResult[] Points =
    [
        Point(3, "[2,4]", PointState.Cached, new(0.9, 2.1, 0.6251), [(2, [60, 30], 1.4), (4, [60, 30, 15, 5], 1.2)]),
        Point(3, "[1]", PointState.Failed, new(0.9, 2.1, 0.6251), []),
        Point(5, "[2,4]", PointState.Made, new(1.1, 2.2, 0.619), [(2, [60, 30], 1.37), (4, [62, 30, 15, 5], 1.25)]),
        Point(5, "[1]", PointState.Waits, null, []),
    ];

    [Fact]
    public void Has_a_line_for_each_and_a_star_at_the_best_of_each_column_that_can_be_compared() =>
        Golden.Matches("points.txt", $"{new SweepTable(Points)}\n");

    [Fact]
    public void Compares_losses_of_equally_many_unroll_steps() =>
        Assert.Contains("0.900*", new SweepTable([Points[0], Point(3, "[4]", PointState.Made, new(1.0, 2, 0.5), [])]).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Has_no_star_where_nothing_differs() =>
        Assert.DoesNotContain("*", new SweepTable([Points[0], Points[0]]).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Has_every_figure_as_csv() => Golden.Matches("points.csv", SweepCsv.Of(Points));

    private static PointResult Point(int unroll, string tokens, PointState state, HeldoutFigures? heldout, (int K, long[] Accepted, double Speedup)[] evaluations)
    {
        var place = new TextPlace("e.json", 1, 1);
        var experiment = new Experiment { Name = "e", Target = new() { Builtin = "t" }, Data = new() { Train = ["t"] }, Training = new() { Unroll = unroll } };
        var read = new ReadExperiment("e.json", experiment, new(JsonValueKind.Object, "", place), new() { Target = null, Assembly = null, Train = [], Heldout = [], Prompts = [] }, []);
        SweepSetting[] settings = [new(new("training.unroll", place), LocatedJson.Parse(JsonSerializer.SerializeToUtf8Bytes(unroll), place)), new(new("speculation.tokens", place), LocatedJson.Parse(System.Text.Encoding.UTF8.GetBytes(tokens), place))];
        return new(new(new(settings, read), []) { Labels = [new("unroll", $"{unroll}"), new("tokens", tokens.Trim('[', ']').Replace(',', '+'))] }, state)
        {
            Measured = new(new PointFigures([.. evaluations.Select(evaluation => Figures(evaluation.K, evaluation.Accepted, evaluation.Speedup))], heldout)),
            Verdicts = [],
            Draft = null,
            Report = null,
        };
    }

    /// <summary>Of a hundred rounds.</summary>
    private static EvaluationFigures Figures(int tokens, long[] accepted, double speedup) => new(
        new()
        {
            SpeculativeTokens = tokens,
            All = new() { Prompts = 4, NewTokens = 100 + accepted.Sum(), Rounds = 100, AcceptedByPosition = accepted },
            Sources = new Dictionary<string, AcceptanceCounts>(),
            EqualPrompts = 4,
        },
        new() { PlainSeconds = speedup, SpeculativeSeconds = 1, PlainNewTokens = 100, NewTokens = 100, Threads = 2 });
}
