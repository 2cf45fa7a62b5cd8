using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Rendering;

/// <summary>A run as lines of JSON for another program, which may read while it goes on.</summary>
internal sealed class EventStream(TextWriter output) : IRunView
{
    /// <inheritdoc/>
    public void Take(StepEvent happened)
    {
        lock (output)
        {
            output.WriteLine(EventLine.Of(happened));
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public void Say(string text)
    {
        // What belongs to no step is for people.
    }

    /// <inheritdoc/>
    public void Dispose() => output.Flush();
}

/// <summary>The same run for people and for programs at once.</summary>
internal sealed class BothViews(IRunView first, IRunView second) : IRunView
{
    /// <inheritdoc/>
    public void Take(StepEvent happened)
    {
        first.Take(happened);
        second.Take(happened);
    }

    /// <inheritdoc/>
    public void Say(string text)
    {
        first.Say(text);
        second.Say(text);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }
}
