using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Sharing;

namespace AngelSlim.Cli.Commands;

/// <summary>What a push or a pull says when it is over.</summary>
/// <param name="direction">Which of the two.</param>
/// <param name="place">Of the cache.</param>
/// <param name="ends">What became of each result.</param>
internal sealed class TransferReport(TransferDirection direction, string place, IReadOnlyList<Transfer> ends)
{
    /// <summary>Says it, and what is wrong.</summary>
    /// <returns>The exit code.</returns>
    public int Tell(Machine machine, bool json)
    {
        machine.Output.WriteLine(json ? TransferDocument.Of(direction, place, ends).ToJson() : Text());
        ProblemLines.Write(ends.Select(end => end.Problem).OfType<Core.Manifests.Problem>(), machine.Talk, machine.Columns);
        return ends switch
        {
            _ when ends.Any(end => end.Outcome is TransferOutcome.Damaged) => ExitCode.Environment,
            _ when ends.Any(end => end.Outcome is TransferOutcome.Busy) => ExitCode.Busy,
            _ => ExitCode.Done,
        };
    }

    private string Text()
    {
        var ofPlan = ends.Any(end => end.Step is not null);
        var table = ofPlan ? new Table("step", "result", "size", "what became of it") : new Table("result", "size", "what became of it");
        foreach (var end in ends)
        {
            string[] cells = [end.Key is { } key ? $"{key}" : "", end.Outcome is TransferOutcome.Moved ? Words.OfBytes(end.Bytes) : "", Word(end)];
            table.Add(ofPlan ? [end.Step!, .. cells] : cells);
        }

        return ends.Count is 0 ? Sum() : $"{table}\n\n{Sum()}";
    }

    private string Sum()
    {
        var moved = ends.Where(end => end.Outcome is TransferOutcome.Moved).ToList();
        string[] others = [.. ends.Where(end => end.Outcome is not TransferOutcome.Moved).CountBy(Word).Select(count => $"{count.Value} {(count.Value is 1 ? count.Key : count.Key.Replace("was ", "were ", StringComparison.Ordinal))}")];
        var verb = direction is TransferDirection.Push ? "Sent" : "Fetched";
        var first = moved.Count is 0 ? $"{verb}: nothing" : $"{verb}: {Words.Count(moved.Count, "result")} of {Words.OfBytes(moved.Sum(end => end.Bytes))}";
        return $"{first}{string.Concat(others.Select(other => $"; {other}"))}.";
    }

    private string Word(Transfer end) => (end.Outcome, direction) switch
    {
        (TransferOutcome.Moved, TransferDirection.Push) => "sent",
        (TransferOutcome.Moved, _) => "fetched",
        (TransferOutcome.There, TransferDirection.Push) => "was there",
        (TransferOutcome.There, _) => "was here",
        (TransferOutcome.Absent, TransferDirection.Push) => "not made here",
        (TransferOutcome.Absent, _) => end.Key is null ? "unknown before what it reads is there" : "not in the cache",
        (TransferOutcome.Busy, _) => "being made here",
        _ => "DAMAGED",
    };
}
