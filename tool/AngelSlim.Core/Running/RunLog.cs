using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>What happened in a step, one <see cref="EventLine"/> after another; appended by each attempt, and kept beside the result.</summary>
internal sealed class RunLog : IDisposable
{
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(1);
    private readonly StreamWriter _file;
    private DateTimeOffset _lastProgress;

    /// <summary>Opens or makes it.</summary>
    public RunLog(string path) =>
        _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    /// <summary>Writes one line; progress at most once a second.</summary>
    public void Write(StepEvent happened)
    {
        if (happened.Event is Progressed)
        {
            if (happened.At - _lastProgress < BetweenProgress)
            {
                return;
            }

            _lastProgress = happened.At;
        }

        _file.WriteLine(EventLine.Of(happened));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
