using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Rendering;

/// <summary>Shows a run while it goes on. All views are fed with the same events.</summary>
internal interface IRunView : IDisposable
{
    /// <summary>Takes what happened. Any thread may call; events come one at a time.</summary>
    void Take(StepEvent happened);

    /// <summary>Shows a sentence that belongs to no step.</summary>
    void Say(string text);
}
