using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Reporting;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages;

/// <summary>A run for people: <c>report.md</c> with its curves.</summary>
internal sealed class ReportStage() : Stage<ReportSettings, ReportInputs, Report>("report", version: 3)
{
    /// <summary>Single steps are noisy: one row each. The figures at start and end are means over this many.</summary>
    private const int Window = 20;

    protected override void Run(ReportSettings settings, ReportInputs inputs, StageContext context)
    {
        var curve = CsvTable.Read(inputs.Draft.Curve);
        var heldout = CsvTable.Read(inputs.Draft.Heldout);
        var evaluations = inputs.Evaluations
            .Select(evaluation => (Summary: ArtifactJson.Read<EvaluationSummary>(evaluation.Summary), Timing: ArtifactJson.Read<EvaluationTiming>(evaluation.Timing)))
            .OrderBy(evaluation => evaluation.Summary.Rank)
            .ToArray();

        Write(context, "loss.svg", LossChart(curve, heldout));
        Write(context, "heldout.svg", LineChart.Svg("optimiser step", "simulated acceptance length", [new Curve(CurveColour.Vermilion, Points(heldout, "acceptance_length"))]));
        Write(context, "report.md", TextTemplate.Fill("report/report.md.scriban", new Dictionary<string, object?>
        {
            ["name"] = settings.Experiment["name"]?.GetValue<string>() ?? "",
            ["acceptance"] = evaluations.Select(evaluation => Row(evaluation.Summary, evaluation.Timing)).ToArray(),
            ["sampled"] = evaluations.Any(evaluation => evaluation.Summary.EqualPrompts is null),
            ["intervals"] = evaluations.Any(evaluation => evaluation.Timing.SpeedupInterval is not null),
            ["threads"] = evaluations.Length > 0 ? evaluations[0].Timing.Threads : 0,
            ["chains"] = Chains([.. evaluations.Select(evaluation => evaluation.Summary)]),
            ["sources"] = Sources([.. evaluations.Select(evaluation => evaluation.Summary)]),
            ["training"] = Training(curve),
            ["rows"] = Rows(inputs.Rows),
            ["words"] = Words(inputs.Words),
            ["heldout"] = Heldout(heldout),
            ["kept"] = settings.Experiment["training"]?["keep"]?.GetValue<string>() is "best" ? HeldoutTable.Read(inputs.Draft.Heldout).BestFirst.First() : null,
            ["launches"] = Launches(inputs.Export),
            ["experiment"] = settings.Experiment.ToJsonString(new JsonSerializerOptions(ArtifactJson.Options)),
        }));
    }

    private static void Write(StageContext context, string file, string text) => File.WriteAllText(Path.Combine(context.Output, file), text);

    private static string LossChart(CsvTable curve, CsvTable heldout)
    {
        var points = Points(curve, "loss");
        var smooth = points.Index().Select(point => (point.Item.X, points.Skip(Math.Max(0, point.Index - Window + 1)).Take(Math.Min(Window, point.Index + 1)).Average(p => p.Y)));
        return LineChart.Svg("optimiser step", "loss", [new Curve(CurveColour.Pale, points), new Curve(CurveColour.Blue, [.. smooth]), new Curve(CurveColour.Vermilion, Points(heldout, "loss"))]);
    }

    private static (double X, double Y)[] Points(CsvTable table, string column) => [.. table.Column("step").Zip(table.Column(column))];

    private static Dictionary<string, object?> Row(EvaluationSummary summary, EvaluationTiming timing) => new()
    {
        ["k"] = summary.Label,
        ["length"] = summary.All.AcceptanceLength,
        ["positions"] = summary.All.PerPosition,
        ["rounds"] = summary.All.Rounds,
        ["prompts"] = summary.All.Prompts,
        ["equal"] = summary.EqualPrompts,
        ["plain"] = timing.PlainTokensPerSecond,
        ["speculative"] = timing.SpeculativeTokensPerSecond,
        ["speedup"] = timing.Speedup,
        ["slowest"] = timing.SpeedupInterval?.Lower,
        ["fastest"] = timing.SpeedupInterval?.Upper,
    };

    /// <summary>Of the longest chain that was walked: it has all shorter ones.</summary>
    private static Dictionary<string, object?>? Chains(IReadOnlyList<EvaluationSummary> summaries) =>
        summaries.LastOrDefault(summary => summary.Chains is { Count: > 1 }) is { Chains: { } chains } longest
            ? new()
            {
                ["k"] = longest.Label,
                ["agreeing"] = longest.AgreeingPrompts,
                ["prompts"] = longest.All.Prompts,
                ["rows"] = chains.Index().Select(chain => new Dictionary<string, object?>
                {
                    ["k"] = chain.Index + 1,
                    ["length"] = chain.Item.AcceptanceLength,
                    ["rounds"] = chain.Item.Rounds,
                    ["gain"] = chain.Index is 0 ? chain.Item.AcceptanceLength - 1 : chain.Item.AcceptanceLength - chains[chain.Index - 1].AcceptanceLength,
                }).ToArray(),
            }
            : null;

    private static Dictionary<string, object?>[] Sources(IReadOnlyList<EvaluationSummary> summaries) =>
        [.. summaries.SelectMany(summary => summary.Sources.Keys).Distinct().Order(StringComparer.Ordinal).Select(name => new Dictionary<string, object?>
        {
            ["name"] = name,
            ["lengths"] = summaries.Select(summary => summary.Sources.TryGetValue(name, out var counts) ? counts.AcceptanceLength : double.NaN).ToArray(),
        })];

    private static Dictionary<string, object?> Training(CsvTable curve)
    {
        var loss = curve.Column("loss");
        var window = Math.Min(Window, loss.Length);
        return new()
        {
            ["steps"] = loss.Length,
            ["window"] = window,
            ["first_loss"] = loss.Take(window).DefaultIfEmpty(double.NaN).Average(),
            ["last_loss"] = loss.TakeLast(window).DefaultIfEmpty(double.NaN).Average(),
        };
    }

    private static Dictionary<string, object?>[] Heldout(CsvTable heldout) =>
        [.. heldout.Column("step").Zip(heldout.Column("loss"), heldout.Column("acceptance_length")).Select(row => new Dictionary<string, object?>
        {
            ["step"] = row.First.ToString(CultureInfo.InvariantCulture),
            ["loss"] = row.Second,
            ["length"] = row.Third,
        })];

    private static string[] Launches(ExportedDraft export) =>
        [.. Directory.EnumerateFiles(export.Launch, "*.sh").Order(StringComparer.Ordinal).Select(file => File.ReadAllText(file).Trim())];

    private static Dictionary<string, object?> Rows(TokenRows rows)
    {
        long count = 0, tokens = 0, counted = 0;
        foreach (var row in TokenRowFile.Read(rows.Train))
        {
            (count, tokens, counted) = (count + 1, tokens + row.Ids.Length, counted + row.Counted);
        }

        return new() { ["train"] = count, ["tokens"] = tokens, ["counted"] = counted };
    }

    private static Dictionary<string, object?> Words(DraftWords words)
    {
        var list = DraftWordList.Read(words.File);
        return new() { ["size"] = list.Words.Length, ["target"] = list.TargetVocabulary, ["coverage"] = list.Coverage };
    }
}
