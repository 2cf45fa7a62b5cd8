using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Planning;

/// <summary>One stage with its settings and where its inputs come from.</summary>
/// <param name="Id">A readable word that stays the same from run to run: <c>train</c>, <c>evaluate-k2</c>. Not part of the key.</param>
/// <param name="Stage">What is done.</param>
/// <param name="Settings">Of the type <see cref="IStage.Settings"/>.</param>
/// <param name="Inputs">For every parameter of the constructor of <see cref="IStage.Inputs"/>, by its name; one that has a default may be left out, and is then in no key.</param>
internal sealed record Step(string Id, IStage Stage, object Settings, IReadOnlyDictionary<string, StepInput> Inputs)
{
    /// <summary>The steps that it reads, each once.</summary>
    public IEnumerable<string> Producers => Leaves.OfType<FromStep>().Select(input => input.StepId).Distinct(StringComparer.Ordinal);

    /// <summary>What the user brought for it, each once.</summary>
    public IEnumerable<Artifact> Sources => Leaves.OfType<FromSource>().Select(input => input.Source).Distinct();

    /// <summary>Models that have to be fetched before it can run, each once.</summary>
    public IEnumerable<HubModel> ToFetch => Leaves.OfType<Unfetched>().Select(input => input.Model).Distinct();

    private IEnumerable<StepInput> Leaves => Inputs.Values.SelectMany(input => input.Leaves);
}
