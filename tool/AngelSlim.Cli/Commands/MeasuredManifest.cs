using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;

namespace AngelSlim.Cli.Commands;

/// <summary>What the store has measured of a manifest.</summary>
internal static class MeasuredManifest
{
    /// <summary>Its evaluations, all of them.</summary>
    /// <param name="machine">Where.</param>
    /// <param name="manifest">Which.</param>
    /// <param name="place">Of the store, if it lies elsewhere.</param>
    /// <exception cref="UserException">The manifest is wrong, or an evaluation is not there.</exception>
    public static IReadOnlyList<MeasuredEvaluation> Read(Machine machine, ManifestOptions manifest, string? place) => [.. ReadTimed(machine, manifest, place).Select(timed => timed.Measured)];

    /// <summary>Its evaluations, all of them, and how fast they were.</summary>
    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<TimedEvaluation> ReadTimed(Machine machine, ManifestOptions manifest, string? place)
    {
        var asked = Asked.Read(machine, manifest, machine.Cores);
        using var store = asked.Open(place, machine.Clock);
        var evaluations = store.Planner.Make(asked.Steps).Steps.Where(step => step.Step.Stage.Output == typeof(Evaluation)).ToList();
        var missing = evaluations.Where(step => step.Found is null).Select(step => step.Step.Id).ToList();
        return missing.Count is 0
            ? [.. evaluations.Select(Timed)]
            : throw new UserException(
                ProblemCode.MissingResult, $"{store.Artifacts.Root} has no result of {string.Join(", ", missing)} as the manifest asks for it. Run 'dotnet angelslim run {manifest.Path}' first.", new TextPlace(manifest.Path));
    }

    /// <summary>Where the baseline of a manifest lies, as given or beside it.</summary>
    /// <inheritdoc cref="Read"/>
    public static string BaselineOf(Machine machine, ManifestOptions manifest, string? baseline)
    {
        if (baseline is not null)
        {
            return baseline;
        }

        // What is odd about the manifest is told once, by whoever works with it.
        var (read, _) = Asked.ReadManifest(machine with { Talk = TextWriter.Null }, manifest);
        return BaselineFile.PlaceOf(Path.GetDirectoryName(manifest.Path)!, read.Experiment.Name);
    }

    private static TimedEvaluation Timed(PlannedStep step)
    {
        var evaluation = new Evaluation(step.Found!.Folder);
        return new(EvaluationCounts.Read(step.Step.Id, step.Found.Key, step.Recipe!.Text, evaluation), ArtifactJson.Read<EvaluationTiming>(evaluation.Timing).Speedup);
    }
}
