using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>Where a step is on its way through a run.</summary>
internal enum StepTurn
{
    /// <summary>What it reads is not made yet.</summary>
    Waits,

    /// <summary>It goes on as soon as the machine has room.</summary>
    Ready,

    /// <summary>A worker has it.</summary>
    AtWork,

    /// <summary>Somebody else has its key; it is tried again.</summary>
    Parked,

    /// <summary>Nothing more happens to it.</summary>
    Over,
}

/// <summary>A step of a run that goes on. Its <see cref="Scheduler"/> and the worker that has it change it, never both at once.</summary>
/// <param name="step">What is done.</param>
/// <param name="missing">Steps that it reads and that are not over.</param>
internal sealed class ScheduledStep(Step step, int missing)
{
    /// <summary>What is done.</summary>
    public Step Step => step;

    /// <summary>Null until somebody has looked whether its result is there.</summary>
    public PlannedStep? Planned { get; set; }

    /// <summary>That another process has its key was told.</summary>
    public bool IsBusyTold { get; set; }

    /// <summary>For the scheduler.</summary>
    public int Missing { get; set; } = missing;

    /// <summary>For the scheduler.</summary>
    public StepTurn Turn { get; set; } = missing is 0 ? StepTurn.Ready : StepTurn.Waits;

    /// <summary>Looking into the store needs nothing of the machine that would have to be shared out.</summary>
    public Use Use { get; set; } = new(step.Id, new Needs(), IsOnGpu: false);
}

/// <summary>Says which step goes on next: the first in the order of the plan whose inputs are there and for which the machine has room.</summary>
/// <remarks>Any number of workers ask; each has the step that it was given until it gives it back. Nobody spins: workers sleep until something has changed.</remarks>
internal sealed class Scheduler
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);
    private readonly object _turns = new();
    private readonly List<ScheduledStep> _steps;
    private readonly ILookup<string, ScheduledStep> _readers;
    private readonly Budget _budget;
    private bool _isStopped;

    /// <summary>All steps of a run.</summary>
    /// <param name="steps">Each after those that it reads; what it reads of others is there.</param>
    /// <param name="budget">What the machine has.</param>
    public Scheduler(IReadOnlyList<Step> steps, Budget budget)
    {
        var ids = steps.Select(step => step.Id).ToHashSet(StringComparer.Ordinal);
        _steps = [.. steps.Select(step => new ScheduledStep(step, step.Producers.Count(ids.Contains)))];
        _readers = _steps.SelectMany(reader => reader.Step.Producers, (reader, producer) => new { reader, producer }).ToLookup(pair => pair.producer, pair => pair.reader);
        _budget = budget;
    }

    /// <summary>Every step is over.</summary>
    public bool IsOver
    {
        get
        {
            lock (_turns)
            {
                return _steps.TrueForAll(step => step.Turn is StepTurn.Over);
            }
        }
    }

    /// <summary>Waits for a step that may go on.</summary>
    /// <returns>Null when none ever will.</returns>
    public ScheduledStep? Next()
    {
        lock (_turns)
        {
            while (!_isStopped && !IsOver)
            {
                if (_steps.Find(step => step.Turn is StepTurn.Ready && _budget.Admits(step.Use)) is { } next)
                {
                    next.Turn = StepTurn.AtWork;
                    _budget.Take(next.Use);
                    return next;
                }

                var isParked = _steps.Exists(step => step.Turn is StepTurn.Parked);
                if (!Monitor.Wait(_turns, isParked ? BetweenTries : Timeout.InfiniteTimeSpan))
                {
                    Unpark();
                }
            }

            return null;
        }
    }

    /// <summary>Gives back a step that will run: it comes up again when there is room for it.</summary>
    /// <returns>There is room now.</returns>
    public bool Queue(ScheduledStep step, Use use)
    {
        lock (_turns)
        {
            GiveBack(step, StepTurn.Ready);
            step.Use = use;
            return _budget.Admits(use);
        }
    }

    /// <summary>Gives back a step whose key somebody else has: others go first.</summary>
    public void Park(ScheduledStep step)
    {
        lock (_turns)
        {
            GiveBack(step, StepTurn.Parked);
        }
    }

    /// <summary>Gives back a step that has its result.</summary>
    public void Finish(ScheduledStep step)
    {
        lock (_turns)
        {
            GiveBack(step, StepTurn.Over);
            Unpark();
            foreach (var reader in _readers[step.Step.Id].Where(reader => --reader.Missing is 0))
            {
                reader.Turn = StepTurn.Ready;
            }
        }
    }

    /// <summary>Gives back a step that will have no result.</summary>
    /// <returns>The steps that read it, by any detour, in the order of the plan: they are over too.</returns>
    public IReadOnlyList<Step> Fail(ScheduledStep step)
    {
        lock (_turns)
        {
            GiveBack(step, StepTurn.Over);
            Unpark();
            var failed = new HashSet<string>(StringComparer.Ordinal) { step.Step.Id };
            var readers = _steps.Where(reader => reader.Turn is StepTurn.Waits && reader.Step.Producers.Any(failed.Contains) && failed.Add(reader.Step.Id)).ToList();
            readers.ForEach(reader => reader.Turn = StepTurn.Over);
            return [.. readers.Select(reader => reader.Step)];
        }
    }

    /// <summary>From now on no step begins.</summary>
    public void Stop()
    {
        lock (_turns)
        {
            _isStopped = true;
            Monitor.PulseAll(_turns);
        }
    }

    private void GiveBack(ScheduledStep step, StepTurn turn)
    {
        _budget.Return(step.Use);
        step.Turn = turn;
        Monitor.PulseAll(_turns);
    }

    private void Unpark()
    {
        foreach (var parked in _steps.Where(step => step.Turn is StepTurn.Parked))
        {
            parked.Turn = StepTurn.Ready;
        }
    }
}
