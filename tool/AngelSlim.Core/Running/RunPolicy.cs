namespace AngelSlim.Core.Running;

/// <summary>Whether a step that another process works on is waited for.</summary>
internal enum WhenBusy
{
    /// <summary>Says who has it, and waits as soon as no other step can begin.</summary>
    Wait,

    /// <summary>Says who has it, and gives up.</summary>
    GiveUp,
}

/// <summary>What a failure means for the other steps. Those at work go on to their end in any case.</summary>
internal enum WhenFailed
{
    /// <summary>None begins any more.</summary>
    BeginNoMore,

    /// <summary>Those that do not read what failed are made all the same.</summary>
    KeepGoing,
}

/// <summary>How a run is to go about its steps.</summary>
internal sealed record RunPolicy
{
    /// <summary>Steps at once, at least 1.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Bytes that the steps at work may need together.</summary>
    public long Memory { get; init; } = long.MaxValue;

    /// <summary>What to do about other processes.</summary>
    public WhenBusy WhenBusy { get; init; }

    /// <summary>What to do after a failure.</summary>
    public WhenFailed WhenFailed { get; init; }

    /// <summary>Steps that are made again although their result is there.</summary>
    public IReadOnlySet<string> Forced { get; init; } = new HashSet<string>();

    /// <summary>Share of the results that were there which are made again beside the store and compared, 0 to 1; more than 0 is at least one.</summary>
    public double VerifiedShare { get; init; }
}
