using AngelSlim.Cli.Documents;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Core.Sharing;
using AngelSlim.Core.Upkeep;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Fetches results from a cache.</summary>
/// <param name="machine">Where.</param>
/// <param name="options">What was asked.</param>
/// <param name="all">Every result of the cache.</param>
internal sealed class CachePullCommand(Machine machine, CacheOptions options, bool all)
{
    /// <summary>Does it.</summary>
    /// <exception cref="UserException">There is no such cache or manifest.</exception>
    public int Execute()
    {
        CacheChoice.Check(options, all);
        var selection = all ? null : options.Selected(machine);
        using var session = new CacheSession(machine, options, toBeMade: false);
        var steps = selection is null ? null : session.Look(selection);
        var wanted = steps is null
            ? [.. session.All().Where(found => found.HasListing).Select(found => new Wanted(Step: null, found.Key))]
            : CacheChoice.Wanted(steps, step => !step.IsHere && step.There is { HasListing: true });
        var ends = Fetch(session, wanted);
        return new TransferReport(TransferDirection.Pull, session.Cache.Place, steps is null ? ends : CacheChoice.BySteps(steps, ends)).Tell(machine, options.Json);
    }

    private IReadOnlyList<Transfer> Fetch(CacheSession session, IReadOnlyList<Wanted> wanted)
    {
        var me = new Holder(machine.Pid, machine.Host, machine.Clock.GetUtcNow());
        try
        {
            return session.Show(wanted.Count, tell => new Pull(session.Store.Artifacts, session.Cache, session.Lanes, me, tell).Go(wanted, session.Cancellation));
        }
        finally
        {
            // Also what came before a stop, and before a kill of an earlier time.
            var objects = session.Store.Artifacts.Objects().ToList();
            ResultIndex.Keep(session.Store.Database, ResultIndex.Missing(session.Store.Database, objects), objects);
        }
    }
}

/// <summary>The verb <c>cache pull</c>.</summary>
[VerbGroup("cache", Help.Cache)]
internal sealed class CachePullVerb(Choice choice)
{
    /// <summary>Fetches.</summary>
    [Command(Description = "Fetches the results of a manifest's steps from a cache, as far as the store does not have them; a run then makes only the rest. Every byte is checked before anything is taken into the store; after a stop or a kill, the same command goes on.")]
    [Example("dotnet angelslim cache pull /net/cache experiments/quickstart.json", "dotnet angelslim cache pull s3://models/drafts experiments/quickstart.json --only export")]
    public void Pull(
        CacheOptions options,
        [Option(Description = "Every result of the cache, also of other manifests")] bool all = false) =>
        choice.Verb = machine => new CachePullCommand(machine, options, all).Execute();
}
