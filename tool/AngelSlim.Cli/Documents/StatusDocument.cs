using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>status</c> says about a store.</summary>
[Form("status", 1)]
internal sealed record StatusDocument : Document
{
    /// <summary>Runs that go on now, the latest first.</summary>
    public required IReadOnlyList<PastRunEntry> Running { get; init; }

    /// <summary>Results that are being made, and those that were left incomplete.</summary>
    public required IReadOnlyList<StatusDocumentWork> Work { get; init; }

    /// <summary>The latest runs, the latest first.</summary>
    public required IReadOnlyList<PastRunEntry> Runs { get; init; }

    /// <summary>Of what the store knows.</summary>
    public static StatusDocument Of(StoreStatus status) => new()
    {
        Running = [.. status.Running.Select(PastRunEntry.Of)],
        Work = [.. status.Work.Select(StatusDocumentWork.Of)],
        Runs = [.. status.Runs.Select(PastRunEntry.Of)],
    };
}

/// <summary>A result that is not complete.</summary>
internal sealed record StatusDocumentWork
{
    /// <summary>What kind of step makes it.</summary>
    public required string Stage { get; init; }

    /// <summary>Digest of everything that the step is asked and reads.</summary>
    public required string Key { get; init; }

    /// <summary>What the step was called when it was last worked on; null when the index does not know.</summary>
    public required string? Step { get; init; }

    /// <summary>The run that last worked on it; null as <see cref="Step"/>.</summary>
    public required long? Run { get; init; }

    /// <summary>Items that are done and kept.</summary>
    public required int Items { get; init; }

    /// <summary>Who works on it; null when nobody does.</summary>
    public required StatusDocumentHolder? Holder { get; init; }

    /// <summary>How far it was when it last said so; null when it has not.</summary>
    public required StatusDocumentProgress? Progress { get; init; }

    /// <summary>Of partial work.</summary>
    public static StatusDocumentWork Of(PartialWork partial) => new()
    {
        Stage = partial.Key.Stage,
        Key = partial.Key.Recipe.Hex,
        Step = partial.LastTry?.Step,
        Run = partial.LastTry?.Run,
        Items = partial.Items,
        Holder = partial.Holder is { } holder ? new() { Pid = holder.Pid, Host = holder.Host, Since = holder.Since } : null,
        Progress = partial.Progress is { } progress ? StatusDocumentProgress.Of(progress) : null,
    };
}

/// <summary>A process that works on something.</summary>
internal sealed record StatusDocumentHolder
{
    /// <summary>Its number.</summary>
    public required int Pid { get; init; }

    /// <summary>Its machine.</summary>
    public required string Host { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }
}

/// <summary>How far a step is.</summary>
internal sealed record StatusDocumentProgress
{
    /// <summary>When it said so.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Items that are done.</summary>
    public required long Done { get; init; }

    /// <summary>Items in all.</summary>
    public required long Total { get; init; }

    /// <summary>What an item is, plural.</summary>
    public required string Unit { get; init; }

    /// <summary>The stage's own figures, for people; null when there are none.</summary>
    public required string? Detail { get; init; }

    /// <summary>Of what a log says.</summary>
    public static StatusDocumentProgress Of(StepProgress last) => new()
    {
        At = last.At,
        Done = last.Progress.Done,
        Total = last.Progress.Total,
        Unit = last.Progress.Unit,
        Detail = last.Progress.Detail,
    };
}
