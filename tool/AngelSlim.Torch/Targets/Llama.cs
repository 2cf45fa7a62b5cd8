namespace AngelSlim.Torch.Targets;

/// <summary>Llama 2 and 3, SmolLM2, and all that say they are Llama.</summary>
internal static class Llama
{
    public static TargetFamily Family { get; } = new() { ModelType = "llama", Architecture = "LlamaForCausalLM" };
}
