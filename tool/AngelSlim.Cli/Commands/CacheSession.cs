using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Sharing;
using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Commands;

/// <summary>An open cache and the store beside it, from the first signal that is heard to the last byte that is moved.</summary>
internal sealed class CacheSession : IDisposable
{
    private const int AtOnce = 4;
    private static readonly TimeSpan WorthSaying = TimeSpan.FromSeconds(2);
    private readonly Machine _machine;
    private readonly Stopping _stopping;
    private readonly Lock _turns = new();
    private OpenStore? _store;

    /// <summary>Opens the cache; the store is opened when it is first asked for.</summary>
    /// <param name="machine">Where.</param>
    /// <param name="options">What was asked.</param>
    /// <param name="toBeMade">The cache may be empty yet.</param>
    /// <exception cref="Core.Manifests.UserException">There is no such cache.</exception>
    public CacheSession(Machine machine, CacheOptions options, bool toBeMade)
    {
        (_machine, Options) = (machine, options);
        Cache = CacheLocation.Open(options.Place, options.Endpoint, machine.BucketServer, machine.Clock);
        CacheLocation.Expect(Cache, toBeMade);
        _stopping = new Stopping(machine.Talk.WriteLine);
        Results = new CachedResults(Cache);
    }

    /// <summary>What was asked.</summary>
    public CacheOptions Options { get; }

    /// <summary>The other side.</summary>
    public ICache Cache { get; }

    /// <summary>What it has.</summary>
    public CachedResults Results { get; }

    /// <summary>How much is moved at once.</summary>
    public Lanes Lanes { get; } = new(AtOnce);

    /// <summary>The store; made if it is not there.</summary>
    public OpenStore Store => _store ??= new OpenStore(Options.StorePlace, _machine.Clock);

    /// <summary>The user wants to stop.</summary>
    public CancellationToken Cancellation => _stopping.Token;

    /// <summary>Finds the steps of a plan on both sides.</summary>
    public IReadOnlyList<SharedStep> Look(Selection selection) => Slowly("looking", "for the results of the plan, here and in the cache", told =>
    {
        var found = new List<SharedStep>();
        foreach (var step in new SharedPlan(Store.Planner, Results).Look(selection, Cancellation))
        {
            found.Add(step);
            told(new Progressed(found.Count, selection.Steps.Count, "steps"));
        }

        return found;
    });

    /// <summary>Lists the whole cache.</summary>
    public IReadOnlyList<CachedResult> All() => Slowly("listing", "all that the cache has", _ => Results.All(Cancellation));

    /// <summary>Moves or reads results, and shows how far that is.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">Tells what happens, by what is moved; from several threads.</param>
    public T Show<T>(int count, Func<Action<string, RunEvent>, T> work)
    {
        using var view = RunView.Of(_machine, count, events: null);
        using (_stopping.Says(view.Say))
        {
            return work((id, happened) =>
            {
                lock (_turns)
                {
                    view.Take(new StepEvent(id, _machine.Clock.GetUtcNow(), happened));
                }
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Lanes.Dispose();
        _store?.Dispose();
        _stopping.Dispose();
        Cache.Dispose();
    }

    /// <summary>Work that is over in a moment, most times, and then says nothing.</summary>
    private T Slowly<T>(string id, string what, Func<Action<Progressed>, T> work) => Show(1, tell =>
    {
        var begun = 0;
        void Begin()
        {
            if (Interlocked.Exchange(ref begun, 1) is 0)
            {
                tell(id, new Began(what));
            }
        }

        using var patience = _machine.Clock.CreateTimer(_ => Begin(), state: null, WorthSaying, Timeout.InfiniteTimeSpan);
        return work(progressed =>
        {
            if (Volatile.Read(ref begun) is 1)
            {
                tell(id, progressed);
            }
        });
    });
}
