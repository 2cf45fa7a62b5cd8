using System.Globalization;
using System.Xml.Linq;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Statistics;

namespace AngelSlim.Cli.Rendering;

/// <summary>A comparison as the XML in which CI servers read tests: one case for each acceptance length.</summary>
internal static class JUnitFile
{
    /// <summary>Writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="comparison">What it came to.</param>
    /// <param name="problems">What is not a pass.</param>
    public static void Write(string path, Comparison comparison, IReadOnlyList<Problem> problems)
    {
        var cases = comparison.Evaluations.SelectMany(Cases).ToList();
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", "angelslim regress"),
            new XAttribute("tests", cases.Count),
            new XAttribute("failures", cases.Count(one => one.Element("failure") is not null)),
            new XAttribute("errors", cases.Count(one => one.Element("error") is not null)),
            cases,
            new XElement("system-out", string.Join('\n', problems.Select(problem => Told.OnOneLine(problem.ToString())))));
        File.WriteAllText(path, $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{new XElement("testsuites", suite)}\n");
    }

    private static IEnumerable<XElement> Cases(ComparedEvaluation evaluation) => evaluation.Differences.Count > 0
        ? [Case(evaluation.Step, "comparable", Judgement.Incomparable, string.Join("; ", evaluation.Differences))]
        : from figure in evaluation.Figures
          where figure.Judgement is not null
          select Case(
              evaluation.Step, figure.Name, figure.Judgement!.Value,
              string.Create(CultureInfo.InvariantCulture, $"{figure.Before:0.000} then, {figure.After:0.000} now: {Words.OfChange(figure.Change?.Estimate)}, between {Words.OfChange(figure.Change?.Lower)} and {Words.OfChange(figure.Change?.Upper)}"));

    /// <summary>What a CI server takes for a failure is a drop; what could not be judged is an error, never a pass.</summary>
    private static XElement Case(string step, string name, Judgement judgement, string message) => new(
        "testcase",
        new XAttribute("classname", step),
        new XAttribute("name", Told.OnOneLine(name)),
        judgement is Judgement.Pass
            ? new XElement("system-out", message)
            : new XElement(judgement is Judgement.Regression ? "failure" : "error", new XAttribute("type", ComparisonText.Word(judgement)), new XAttribute("message", Told.OnOneLine(message))));
}
