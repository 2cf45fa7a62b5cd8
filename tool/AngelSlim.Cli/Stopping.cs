using System.Runtime.InteropServices;

namespace AngelSlim.Cli;

/// <summary>Ctrl+C and SIGTERM: the first asks the running stage to stop at a safe place, the second ends the process at once.</summary>
internal sealed class Stopping : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private Action<string> _say;
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>From now on signals are heard.</summary>
    /// <param name="say">Takes a sentence for the user.</param>
    public Stopping(Action<string> say)
    {
        _say = say;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];
    }

    /// <summary>Set by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>For a while somebody else takes sentences for the user.</summary>
    /// <returns>Ends it.</returns>
    public IDisposable Says(Action<string> say)
    {
        var before = _say;
        _say = say;
        return new Turn(() => _say = before);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            // No managed clean-up: it would wait for threads that are inside libtorch. The store survives kills.
            ExitAtOnce(context.Signal is PosixSignal.SIGTERM ? ExitCode.Terminated : ExitCode.Interrupted);
        }

        _say("Stopping at the next safe place; what is done is kept. Once more: stop at once.");
        _source.Cancel();
    }

    private sealed class Turn(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void ExitAtOnce(int code);
}
