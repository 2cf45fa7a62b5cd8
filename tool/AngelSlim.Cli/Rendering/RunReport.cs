using AngelSlim.Cli.Commands;
using AngelSlim.Cli.Documents;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Rendering;

/// <summary>What a run says when it is over.</summary>
/// <param name="asked">What was asked for.</param>
/// <param name="results">What its steps came to, in the order of the plan.</param>
internal sealed class RunReport(Asked asked, IReadOnlyList<StepResult> results)
{
    private readonly IReadOnlyList<PointResult> _points = Points(asked, results);

    /// <summary>What was expected, and what of that was measured.</summary>
    public Expectations Expectations => new(_points);

    /// <summary>By the point's label; null where nothing is swept.</summary>
    public IReadOnlyList<PointVerdict> Verdicts => [.. _points.SelectMany(point => point.Verdicts.Select(verdict => new PointVerdict(point.Point.Label, verdict)))];

    /// <summary>Where the work of steps that failed lies.</summary>
    public IEnumerable<string> WhatToDo =>
        from result in results
        where result is { Outcome: StepOutcome.Failed, Work: not null }
        select $"{result.StepId} failed. Its work and its log.ndjson are kept in {result.Work}; the same command goes on from there.";

    /// <summary>For people.</summary>
    public string ToText()
    {
        var lines = new List<string> { asked.IsSweep ? Counts() : Steps() };
        if (results.Count > 0 && results.All(result => result.Outcome is StepOutcome.Cached))
        {
            lines.Add("Everything was there already; nothing was done.");
        }

        if (asked.IsSweep)
        {
            lines.Add("");
            lines.Add(new SweepTable(_points).ToString());
        }
        else
        {
            lines.AddRange(_points.SelectMany(Places));
        }

        lines.AddRange(Expectations.Lines);
        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Places(PointResult point) =>
        new[] { point.Draft is { } draft ? $"draft: {draft}" : null, point.Report is { } report ? $"report: {report}" : null }.OfType<string>();

    /// <summary>For programs.</summary>
    /// <param name="run">The run's number, and the manifest's path as given.</param>
    /// <param name="end">What the run came to.</param>
    public RunDocument ToDocument((long Id, string Manifest) run, RunEnd end) =>
        RunDocument.Of(run, results, end.Failures, _points);

    /// <summary>Writes the figures of the points to a file.</summary>
    public void WriteCsv(string path) => SweepCsv.Write(path, _points);

    private static PointResult[] Points(Asked asked, IReadOnlyList<StepResult> results)
    {
        var byId = results.ToDictionary(result => result.StepId, StringComparer.Ordinal);
        return [.. asked.Graph.Points.Select(point => PointResult.Of(point, byId))];
    }

    private string Steps()
    {
        var table = new Table("step", "result", "time");
        foreach (var result in results)
        {
            table.Add(result.StepId, RunRecord.Word(result.Outcome), result.Outcome is StepOutcome.Cached or StepOutcome.Skipped ? "" : Words.Of(TimeSpan.FromSeconds(result.Seconds)));
        }

        return table.ToString();
    }

    /// <summary>A sweep has a table of its points; one of its steps would be longer, and is in the document.</summary>
    private string Counts() =>
        $"{results.Count} steps: {string.Join(", ", results.CountBy(result => result.Outcome).OrderBy(count => count.Key).Select(count => $"{count.Value} {RunRecord.Word(count.Key)}"))}";
}
