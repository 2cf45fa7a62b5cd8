using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Hub;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Web;

namespace AngelSlim.Cli.Commands;

/// <summary>What a verb wants of models that are not on this machine.</summary>
internal enum Fetched
{
    /// <summary>Nothing: it can do its work without.</summary>
    Nothing,

    /// <summary>What is small, so that the manifest can be held against it.</summary>
    SmallFiles,

    /// <summary>All that a run reads.</summary>
    Everything,
}

/// <summary>Brings the models of the hub that a manifest names and this machine does not have. Loaded only when there are some: a run that has nothing to do opens no connection.</summary>
internal sealed class Fetching : IDisposable
{
    private const string Step = "fetch";

    private readonly TimeProvider _clock;
    private readonly IRunView _view;
    private readonly ModelFetch _models;
    private readonly ReadExperiment _read;

    private Fetching(Machine machine, ReadExperiment read)
    {
        (_clock, _read) = (machine.Clock, read);
        _view = RunView.Of(machine, steps: 1, events: null);
        _models = new(machine.Hub(), new Patience(machine.Clock), machine.Surroundings.HubCache, Tell);
    }

    /// <summary>Fetches, and reads the manifest again after each part: a manifest that does not fit the model is refused before its weights come.</summary>
    /// <param name="machine">Where.</param>
    /// <param name="read">The manifest, which names models that are not there.</param>
    /// <param name="wanted">What of them.</param>
    /// <param name="again">Reads the manifest.</param>
    /// <param name="stop">Asks to stop; what came is kept.</param>
    /// <returns>The manifest, and what is still to be fetched.</returns>
    /// <exception cref="UserException">A model is not there for this user, or the manifest does not fit it.</exception>
    /// <exception cref="DataException">A model could not be fetched.</exception>
    public static (ReadExperiment Read, IReadOnlyList<Outstanding> Models) Fetch(Machine machine, ReadExperiment read, Fetched wanted, Func<ReadExperiment> again, CancellationToken stop)
    {
        using var fetching = new Fetching(machine, read);
        var began = machine.Clock.GetTimestamp();
        var models = fetching.Prepare(stop);
        var fitting = again();
        if (wanted is not Fetched.Everything)
        {
            return (fitting, models);
        }

        foreach (var model in models)
        {
            fetching._models.WeightsAsync(model, stop).GetAwaiter().GetResult();
        }

        fetching.Tell(new Ended(new StepResult(Step, Step, StepOutcome.Made, machine.Clock.GetElapsedTime(began).TotalSeconds)));
        return (again(), models);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _models.Dispose();
        _view.Dispose();
    }

    private List<Outstanding> Prepare(CancellationToken stop)
    {
        Tell(new Began($"{string.Join(", ", _read.Unfetched)} is not in the hub cache"));
        try
        {
            return [.. _read.Unfetched.ToList().Select(model => _models.PrepareAsync(model, stop).GetAwaiter().GetResult())];
        }
        catch (UserException failure)
        {
            var place = _read.PlaceOf("target", "model");
            throw new UserException([.. failure.Problems.Select(problem => problem with { Place = problem.Place ?? place })]);
        }
    }

    private void Tell(RunEvent happened) => _view.Take(new StepEvent(Step, _clock.GetUtcNow(), happened));
}
