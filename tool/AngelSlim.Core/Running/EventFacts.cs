using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>What a line says about an event, beside step and time. Log and event stream have the same lines; their schema is written from these records.</summary>
internal abstract record EventFacts
{
    /// <summary>Every kind of line, by the word that names it.</summary>
    public static IReadOnlyDictionary<string, Type> Kinds { get; } = new[]
    {
        typeof(QueuedFacts), typeof(WaitingFacts), typeof(BeganFacts), typeof(ProgressedFacts), typeof(MeasuredFacts), typeof(SaidFacts), typeof(FailedFacts),
        typeof(NondeterministicFacts), typeof(VerifiedFacts), typeof(EndedFacts),
    }.ToDictionary(WordOf);

    /// <summary>The word of a kind: <c>began</c>.</summary>
    public static string WordOf(Type facts) => SettingsShape.Word(facts.Name[..^"Facts".Length]);

    /// <summary>Of an event.</summary>
    public static EventFacts From(RunEvent happened) => happened switch
    {
        Queued { Needs: var needs } => new QueuedFacts { Memory = needs.Memory, Alone = needs.Alone },
        Waiting { Key: var key, Holder: var holder } => new WaitingFacts { Stage = key.Stage, Key = key.Recipe.Hex, Pid = holder?.Pid, Host = holder?.Host, Since = holder?.Since },
        Began { Reason: var reason } => new BeganFacts { Reason = reason },
        Progressed progressed => new ProgressedFacts { Done = progressed.Done, Total = progressed.Total, Unit = progressed.Unit, Detail = progressed.Detail },
        Measured measured => new MeasuredFacts { Name = measured.Name, Value = double.IsFinite(measured.Value) ? measured.Value : null, Of = measured.Step },
        Said said => new SaidFacts { Text = said.Text, Warning = said.Warning },
        Failed failed => new FailedFacts { Problem = failed.Problem, Trace = failed.Trace },
        Nondeterministic other => new NondeterministicFacts { Was = other.Was, Now = other.Now, Kept = other.Kept },
        Verified { IsSame: var same } => new VerifiedFacts { Same = same },
        Ended { Result: var result } => EndedFacts.From(result),
        _ => throw new NotSupportedException($"{happened.GetType().Name} has no line yet."),
    };
}

/// <summary>A step could begin, but for what the steps at work need.</summary>
internal sealed record QueuedFacts : EventFacts
{
    /// <summary>Bytes of memory that it needs, about.</summary>
    public required long Memory { get; init; }

    /// <summary>It measures time, and nothing else may go on beside it.</summary>
    public required bool Alone { get; init; }
}

/// <summary>Another process makes the same result; it is waited for.</summary>
internal sealed record WaitingFacts : EventFacts
{
    /// <summary>Stage of the result.</summary>
    public required string Stage { get; init; }

    /// <summary>Key of the result.</summary>
    public required string Key { get; init; }

    /// <summary>The other process; null when it has not said so yet.</summary>
    public required int? Pid { get; init; }

    /// <summary>Its machine; null as <see cref="Pid"/>.</summary>
    public required string? Host { get; init; }

    /// <summary>Since when it is at it; null as <see cref="Pid"/>.</summary>
    public required DateTimeOffset? Since { get; init; }
}

/// <summary>A stage begins to work.</summary>
internal sealed record BeganFacts : EventFacts
{
    /// <summary>Why it runs, for people.</summary>
    public required string Reason { get; init; }
}

/// <summary>How far a stage is.</summary>
internal sealed record ProgressedFacts : EventFacts
{
    /// <summary>Items finished, those of earlier attempts included.</summary>
    public required long Done { get; init; }

    /// <summary>Items in all.</summary>
    public required long Total { get; init; }

    /// <summary>What an item is, plural.</summary>
    public required string Unit { get; init; }

    /// <summary>The stage's own figures, for people; null when there are none.</summary>
    public required string? Detail { get; init; }
}

/// <summary>A number worth keeping.</summary>
internal sealed record MeasuredFacts : EventFacts
{
    /// <summary>Of the series: <c>loss</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Null when it is not finite.</summary>
    public required double? Value { get; init; }

    /// <summary>The step of the series to which it belongs; null when it is one value.</summary>
    public required long? Of { get; init; }
}

/// <summary>A sentence.</summary>
internal sealed record SaidFacts : EventFacts
{
    /// <summary>One line, for people.</summary>
    public required string Text { get; init; }

    /// <summary>Somebody should look.</summary>
    public required bool Warning { get; init; }
}

/// <summary>A stage has failed.</summary>
internal sealed record FailedFacts : EventFacts
{
    /// <summary>What is wrong and what to do, for people.</summary>
    public required string Problem { get; init; }

    /// <summary>Where in the program, when nobody expected it; null otherwise.</summary>
    public required string? Trace { get; init; }
}

/// <summary>A step has given other bytes than an earlier time, from the same recipe.</summary>
internal sealed record NondeterministicFacts : EventFacts
{
    /// <summary>Digest at the earlier time.</summary>
    public required string Was { get; init; }

    /// <summary>Digest now.</summary>
    public required string Now { get; init; }

    /// <summary>Where the result lies that does not count; null when the earlier one is gone.</summary>
    public required string? Kept { get; init; }
}

/// <summary>A result of the store was made again beside it.</summary>
internal sealed record VerifiedFacts : EventFacts
{
    /// <summary>Every file that equal runs have equal is equal.</summary>
    public required bool Same { get; init; }
}

/// <summary>A step is over.</summary>
internal sealed record EndedFacts : EventFacts
{
    /// <summary>What kind of step it is.</summary>
    public required string Stage { get; init; }

    /// <summary>How it ended.</summary>
    public required StepOutcome Outcome { get; init; }

    /// <summary>How long it took; 0 when nothing ran.</summary>
    public required double Seconds { get; init; }

    /// <summary>Digest of the result's files; null when there is none.</summary>
    public required string? Digest { get; init; }

    /// <summary>Where its result lies; null when there is none.</summary>
    public required string? Folder { get; init; }

    /// <summary>Where a failure or a stop has left its partial work; null otherwise.</summary>
    public required string? Work { get; init; }

    /// <summary>Of a step that is over.</summary>
    public static EndedFacts From(StepResult result) => new()
    {
        Stage = result.Stage,
        Outcome = result.Outcome,
        Seconds = Math.Round(result.Seconds, 3),
        Digest = result.Digest,
        Folder = result.Folder,
        Work = result.Work,
    };
}
