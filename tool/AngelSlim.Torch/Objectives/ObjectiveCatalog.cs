using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Torch.Objectives;

/// <summary>Every objective there is. To add one: a word in <see cref="Objective"/>, a line here, a file.</summary>
internal static class ObjectiveCatalog
{
    /// <summary>The loss of a row for a word of the manifest.</summary>
    public static IObjective Of(Objective objective) => objective switch
    {
        Objective.CrossEntropy => new CrossEntropy(),
        Objective.Kl => new KullbackLeibler(),
        Objective.ReverseKl => new ReverseKullbackLeibler(),
        Objective.JensenShannon => new JensenShannon(),
        Objective.TotalVariation => new TotalVariation(),
        Objective.NegativeLogAcceptance => new NegativeLogAcceptance(),
        Objective.LkHybrid => new LkHybrid(),
        Objective.LkLambda => new LkLambda(),
        _ => throw new ArgumentOutOfRangeException(nameof(objective), objective, message: null),
    };
}
