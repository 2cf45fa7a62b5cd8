using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>What <see cref="Compatibility"/> stands for, in single settings.</summary>
internal static class CompatibleSettings
{
    /// <summary>The experiment with loss, gate, normaliser and rope set by its compatibility. The compatibility itself stays: the teacher past the end of a row depends on it too.</summary>
    public static Experiment WithCompatibility(this Experiment experiment) => experiment.Training.Compatibility switch
    {
        Compatibility.Angelslim => experiment with
        {
            Training = experiment.Training with { Objective = Objective.CrossEntropy, Targets = TargetKind.Soft, Gate = Gate.Angelslim, Normalizer = Normalizer.Positions },
            Draft = experiment.Draft with { Rope = DraftRope.Angelslim },
        },
        _ => experiment,
    };
}
