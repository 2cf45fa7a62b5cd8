namespace AngelSlim.Core.Manifests.Settings;

/// <summary>In which forms the draft leaves.</summary>
public sealed record ExportingSettings
{
    /// <summary>Write the draft a second time, in <c>speculators/</c>, as vLLM's speculators library does: <c>vllm serve</c> of that folder finds the target by itself. SGLang does not load it.</summary>
    public bool Speculators { get; init; }
}
