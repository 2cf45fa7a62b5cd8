using System.Text.Json.Nodes;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Statistics;
using AngelSlim.Core.Tests.Statistics;

namespace AngelSlim.Core.Tests.Baselines;

/// <summary>Measurements as an evaluation leaves them.</summary>
internal static class SomeMeasurement
{
    /// <summary>With the settings and inputs of every other one of these.</summary>
    public static MeasuredEvaluation Evaluation(string step, IEnumerable<PromptCounts> prompts) => new()
    {
        Step = step,
        Key = new string('a', 64),
        Settings = new JsonObject { ["speculativeTokens"] = 3, ["tree"] = null, ["maxNewTokens"] = 256, ["promptsAtOnce"] = 1 },
        Inputs = new JsonObject { ["target"] = new string('b', 64), ["draft"] = new string('c', 64), ["rows"] = new string('d', 64), ["prompts"] = new JsonArray(new string('e', 64)) },
        Prompts = [.. prompts.Select(prompt => new MeasuredPrompt { Source = prompt.Source, Prompt = prompt.Prompt, Rounds = prompt.Rounds, NewTokens = prompt.NewTokens, Accepted = prompt.AcceptedByPosition })],
    };

    /// <summary>With one blessing.</summary>
    public static Baseline Baseline(params MeasuredEvaluation[] evaluations) => new()
    {
        Experiment = "some",
        Estimator = Estimator.RatioOfSums,
        Blessings = [new() { At = "2026-01-31T08:00:00.000Z", Reason = "because", Tool = "0.1.0", System = "Linux", Processor = "fast", AcceptanceLengths = new Dictionary<string, double> { ["evaluate-k3"] = 2.5 } }],
        Evaluations = evaluations,
    };

    /// <summary>The same prompts twice, the second time with a lower length.</summary>
    public static (MeasuredEvaluation Before, MeasuredEvaluation After) Pair(string step, double drop, int prompts = 80)
    {
        var (before, after) = new ChainModel(7).Measure(prompts, 256, drop);
        return (Evaluation(step, before), Evaluation(step, after));
    }
}
