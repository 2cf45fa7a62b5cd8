using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;

namespace AngelSlim.Core.Running;

/// <summary>What runs take place in.</summary>
/// <param name="Store">Where results are.</param>
/// <param name="Planner">Finds what is there.</param>
/// <param name="Place">For the record.</param>
/// <param name="Clock">Tells the time.</param>
internal sealed record RunSetup(ArtifactStore Store, Planner Planner, RunPlace Place, TimeProvider Clock);
