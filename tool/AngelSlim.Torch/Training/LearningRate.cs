using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Torch.Training;

/// <summary>The learning rate, a pure function of the step.</summary>
internal static class LearningRate
{
    /// <summary>The rate of one update.</summary>
    /// <param name="settings">Peak, warm-up, schedule.</param>
    /// <param name="step">From 0.</param>
    /// <param name="steps">Updates in all. Under a cosine the last one has rate 0.</param>
    public static double At(TrainingSettings settings, int step, int steps)
    {
        var update = step + 1;
        if (update < settings.WarmupSteps)
        {
            return settings.LearningRate * update / settings.WarmupSteps;
        }

        var done = (double)(update - settings.WarmupSteps) / Math.Max(1, steps - settings.WarmupSteps);
        return settings.Schedule switch
        {
            Schedule.Constant => settings.LearningRate,
            Schedule.Cosine => settings.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(done, 1))),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Schedule, message: null),
        };
    }
}
