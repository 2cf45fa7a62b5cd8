using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Sharing;

/// <summary>What became of a result that was to be on both sides.</summary>
internal enum TransferOutcome
{
    /// <summary>It was sent or fetched.</summary>
    Moved,

    /// <summary>The other side had it.</summary>
    There,

    /// <summary>The side that it was to come from does not have it.</summary>
    Absent,

    /// <summary>Another process makes it here at the moment.</summary>
    Busy,

    /// <summary>It is damaged where it was to come from.</summary>
    Damaged,
}

/// <summary>A result that was to be on both sides.</summary>
/// <param name="Step">The step of the experiment; null where no experiment was named.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Key">Null while it is not known.</param>
/// <param name="Outcome">What became of it.</param>
internal sealed record Transfer(string? Step, string Stage, StepKey? Key, TransferOutcome Outcome)
{
    /// <summary>Bytes that were moved.</summary>
    public long Bytes { get; init; }

    /// <summary>What is wrong, if something is.</summary>
    public Problem? Problem { get; init; }
}

/// <summary>A result that is asked for on the other side.</summary>
/// <param name="Step">The step of the experiment; null where no experiment was named.</param>
/// <param name="Key">Its key.</param>
internal sealed record Wanted(string? Step, StepKey Key)
{
    /// <summary>What it is called while it is moved.</summary>
    public string Id => Step ?? $"{Key}";

    /// <summary>What became of it.</summary>
    public Transfer As(TransferOutcome outcome) => new(Step, Key.Stage, Key, outcome);

    /// <summary>Nothing more happens to it.</summary>
    public Ended Over => new(new(Id, Key.Stage, StepOutcome.Cached, Seconds: 0));
}

/// <summary>Tells how far the moving of one result is.</summary>
/// <param name="total">Bytes that will be moved.</param>
/// <param name="tell">Takes it.</param>
/// <param name="cancellation">The user wants to stop.</param>
internal sealed class MovedBytes(long total, Action<RunEvent> tell, CancellationToken cancellation)
{
    private const double Megabyte = 1e6;
    private long _done;

    /// <summary>What is done to the bytes, where it is not what the verb says.</summary>
    public string? Detail { get; init; }

    /// <summary>Bytes so far.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>More bytes were moved; fewer, when some have to be moved again.</summary>
    /// <exception cref="OperationCanceledException">The user wants to stop.</exception>
    public void Add(long bytes)
    {
        cancellation.ThrowIfCancellationRequested();
        tell(new Progressed((long)Math.Round(Interlocked.Add(ref _done, bytes) / Megabyte), (long)Math.Round(total / Megabyte), "MB") { Detail = Detail });
    }
}
