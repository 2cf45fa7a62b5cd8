using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>What the steps at work use of the machine, and whether another may begin beside them.</summary>
/// <param name="jobs">Steps at once.</param>
/// <param name="memory">Bytes.</param>
internal sealed class Budget(int jobs, long memory)
{
    private readonly List<Use> _uses = [];

    /// <summary>So much that it runs alone, whatever else it needs.</summary>
    public bool IsExceededBy(Needs needs) => needs.Memory > memory;

    /// <summary>It may begin now.</summary>
    /// <param name="use">What it would use.</param>
    public bool Admits(Use use)
    {
        if (_uses.Count is 0)
        {
            return true;
        }

        return _uses.Count < jobs
            && !IsAlone(use) && !_uses.Exists(IsAlone)
            && !(use.IsOnGpu && _uses.Exists(other => other.IsOnGpu))
            && use.Needs.Memory <= memory - _uses.Sum(other => other.Needs.Memory);
    }

    /// <summary>It has begun.</summary>
    public void Take(Use use) => _uses.Add(use);

    /// <summary>It has ended.</summary>
    public void Return(Use use) => _uses.Remove(use);

    private bool IsAlone(Use use) => use.Needs.Alone || IsExceededBy(use.Needs);
}

/// <summary>What one step uses.</summary>
/// <param name="StepId">Which.</param>
/// <param name="Needs">As its stage says.</param>
/// <param name="IsOnGpu">It computes on the GPU; one step at a time does.</param>
internal sealed record Use(string StepId, Needs Needs, bool IsOnGpu)
{
    /// <summary>Of a step that runs.</summary>
    /// <param name="step">Which.</param>
    /// <param name="inputs">Of the type <see cref="IStage.Inputs"/>.</param>
    public static Use Of(Step step, object inputs) =>
        new(step.Id, step.Stage.NeedsOf(step.Settings, inputs), step.Stage.Device?.StartsWith("cuda", StringComparison.Ordinal) is true);
}
