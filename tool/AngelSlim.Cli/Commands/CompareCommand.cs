using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>compare</c> was asked.</summary>
internal sealed record CompareOptions(string Before, string After, JudgingOptions Judging, string? Store, bool Json);

/// <summary>Compares what two runs or baselines have measured.</summary>
internal sealed class CompareCommand(Machine machine, CompareOptions options)
{
    private const string Stage = "evaluate";

    /// <summary>Does it.</summary>
    /// <exception cref="UserException">One of them is not there, or has measured nothing.</exception>
    public int Execute() => new Judging(machine, options.Judging, options.Json).Execute(Measured(options.Before), Measured(options.After));

    private Measurement Measured(string asked)
    {
        if (BaselineFile.IsOne(asked))
        {
            var baseline = BaselineFile.Read(asked);
            return new(asked, baseline.Estimator, baseline.Evaluations);
        }

        var (store, run) = ExistingStore.WithRun(machine, asked, options.Store);
        using (store)
        {
            var steps = RunDetail.Of(store.Database, run).Steps.Where(step => step is { Stage: Stage, Key: not null, Outcome: StepOutcome.Made or StepOutcome.Cached }).OrderBy(step => step.Id, StringComparer.Ordinal).ToList();
            return steps.Count > 0
                ? new($"run {run.Id} of {run.Name}", Estimator: null, [.. steps.Select(step => Measured(store.Artifacts, step))])
                : throw new UserException(ProblemCode.MissingResult, $"Run {run.Id} of {run.Name} has evaluated nothing: there is nothing to compare.");
        }
    }

    private static MeasuredEvaluation Measured(ArtifactStore store, PastStep step)
    {
        var found = store.Peek(step.Key!);
        return found.Artifact is { } artifact
            ? EvaluationCounts.Read(step.Id, step.Key!, found.Recipe!, new Evaluation(artifact.Folder))
            : throw new UserException(ProblemCode.MissingResult, $"The result {step.Key} of {step.Id} is not in {store.Root} any more, or is damaged: {found.Fault} Run its manifest again.");
    }
}

/// <summary>The verb <c>compare</c>.</summary>
internal sealed class CompareVerb(Choice choice)
{
    /// <summary>Two measurements.</summary>
    [Command(Description = "Compares the acceptance lengths of two runs or baselines, prompt by prompt. Ends with 4 if the second is lower, with 5 if that cannot be told or they cannot be compared.")]
    [Example("dotnet angelslim compare experiments/baselines/quickstart.json experiments/quickstart.json", "dotnet angelslim compare 11 12 --store experiments/.angelslim")]
    public void Compare(
        [Argument(Description = "The measure: a baseline, the number of a run, the name of an experiment or a manifest for its last run, or last")] string before,
        [Argument(Description = "What is measured by it, named in the same way")] string after,
        JudgingOptions judging,
        [Option(ValueName = "folder", Description = Help.StoreHere)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new CompareCommand(machine, new(before, after, judging, store, json)).Execute();
}
