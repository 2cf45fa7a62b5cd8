using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Planning;

/// <summary>What one parameter of a stage's inputs is fed with.</summary>
internal abstract record StepInput
{
    /// <summary>The inputs that a list holds at any depth, in order; of any other input itself.</summary>
    public IEnumerable<StepInput> Leaves => this is FromMany many ? many.Items.SelectMany(item => item.Leaves) : [this];
}

/// <summary>What an earlier step makes.</summary>
internal sealed record FromStep(string StepId) : StepInput;

/// <summary>What the user brought: a <see cref="SourceFile"/> or a <see cref="TargetFolder"/>.</summary>
internal sealed record FromSource(Artifact Source) : StepInput;

/// <summary>A model of the hub that is not, or not whole, on this machine: what it holds is not known before it is fetched.</summary>
internal sealed record Unfetched(HubModel Model) : StepInput;

/// <summary>A list, in order.</summary>
internal sealed record FromMany(IReadOnlyList<StepInput> Items) : StepInput;

/// <summary>Nothing, for an input that may be left out.</summary>
internal sealed record Absent : StepInput;
