namespace AngelSlim.Torch.Targets;

/// <summary>Qwen3, dense.</summary>
internal static class Qwen3
{
    public static TargetFamily Family { get; } = new()
    {
        ModelType = "qwen3",
        Architecture = "Qwen3ForCausalLM",
        QueryKeyNorm = true,
        HeadChannels = 128,
        KeyHeads = 32,
        WindowNeedsSwitch = true,
    };
}
