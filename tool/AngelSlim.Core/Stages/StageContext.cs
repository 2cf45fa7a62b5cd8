namespace AngelSlim.Core.Stages;

/// <summary>What a running stage gets from its runner: a folder, a journal, a place to report to, and the wish to stop.</summary>
/// <param name="Output">The folder that becomes the artifact. It survives a kill: a stage that runs again finds here what it left.</param>
/// <param name="Scratch">A folder beside it for partial work (checkpoints) that is thrown away when the artifact is complete. It survives a kill too.</param>
/// <param name="Journal">Items that are done and durable; after a kill they need not be done again.</param>
/// <param name="Report">Takes progress, metrics and log lines; the console and the database are two readers of the same events.</param>
/// <param name="Cancellation">Set on Ctrl+C and SIGTERM: finish the item, write a checkpoint, throw <see cref="OperationCanceledException"/>.</param>
public sealed record StageContext(
    string Output,
    string Scratch,
    Journal Journal,
    Action<RunEvent> Report,
    CancellationToken Cancellation);
