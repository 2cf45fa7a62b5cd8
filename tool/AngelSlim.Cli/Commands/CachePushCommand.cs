using AngelSlim.Cli.Documents;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Sharing;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Sends results to a cache.</summary>
/// <param name="machine">Where.</param>
/// <param name="options">What was asked.</param>
/// <param name="all">Every result of the store.</param>
internal sealed class CachePushCommand(Machine machine, CacheOptions options, bool all)
{
    /// <summary>Does it.</summary>
    /// <exception cref="UserException">There is no such store, cache or manifest.</exception>
    public int Execute()
    {
        CacheChoice.Check(options, all);
        ExistingStore.Place(options.Manifest, options.Store);
        var selection = all ? null : options.Selected(machine);
        using var session = new CacheSession(machine, options, toBeMade: true);
        var steps = selection is null ? null : session.Look(selection);
        var wanted = steps is null
            ? [.. session.Store.Artifacts.Objects().Select(found => new Wanted(Step: null, found.Key))]
            : CacheChoice.Wanted(steps, step => step.IsHere);
        var ends = session.Show(wanted.Count, tell => new Push(session.Store.Artifacts, session.Cache, session.Lanes, tell).Go(wanted, session.Cancellation));
        return new TransferReport(TransferDirection.Push, session.Cache.Place, steps is null ? ends : CacheChoice.BySteps(steps, ends)).Tell(machine, options.Json);
    }
}

/// <summary>Which results of a plan are moved.</summary>
internal static class CacheChoice
{
    /// <summary>Something has to be chosen, and only once.</summary>
    /// <exception cref="UserException">It is not.</exception>
    public static void Check(CacheOptions options, bool all)
    {
        if (options.Manifest is null && !all)
        {
            throw new UserException(ProblemCode.Usage, "Name a manifest behind the cache, for its results; or give --all, for every result.");
        }

        if (all && (options.Only ?? options.From ?? options.Until) is not null)
        {
            throw new UserException(ProblemCode.Usage, "--all means every result; leave it out, or --only, --from and --until.");
        }
    }

    /// <summary>The results of steps, each once.</summary>
    public static IReadOnlyList<Wanted> Wanted(IReadOnlyList<SharedStep> steps, Func<SharedStep, bool> isWanted) =>
        [.. steps.Where(step => step.IsChosen && step.Key is not null && isWanted(step)).Select(step => step.Wanted).DistinctBy(wanted => wanted.Key)];

    /// <summary>What became of each step that was chosen.</summary>
    public static IReadOnlyList<Transfer> BySteps(IReadOnlyList<SharedStep> steps, IReadOnlyList<Transfer> ends)
    {
        var byKey = ends.ToDictionary(end => end.Key!);
        return
        [
            .. from step in steps
               where step.IsChosen
               let end = step.Key is { } key && byKey.TryGetValue(key, out var moved) ? moved : null
               select (end ?? new(null, "", step.Key, step.IsHere ? TransferOutcome.There : TransferOutcome.Absent)) with { Step = step.Planned.Step.Id, Stage = step.Planned.Step.Stage.Name },
        ];
    }
}

/// <summary>The verb <c>cache push</c>.</summary>
[VerbGroup("cache", Help.Cache)]
internal sealed class CachePushVerb(Choice choice)
{
    /// <summary>Sends.</summary>
    [Command(Description = "Sends the results of a manifest's steps that are made to a cache, a folder or a bucket, as far as it does not have them. Every byte is checked on both sides; after a stop or a kill, the same command goes on.")]
    [Example("dotnet angelslim cache push /net/cache experiments/quickstart.json", "dotnet angelslim cache push s3://models/drafts experiments/quickstart.json --until export --endpoint https://minio.example.org:9000")]
    public void Push(
        CacheOptions options,
        [Option(Description = "Every result of the store, also of other manifests")] bool all = false) =>
        choice.Verb = machine => new CachePushCommand(machine, options, all).Execute();
}
