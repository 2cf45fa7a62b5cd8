namespace AngelSlim.Torch.Targets;

/// <summary>Every family there is. A new one is one file and one line here.</summary>
internal static class TargetCatalog
{
    /// <summary>In the order in which we came to support them.</summary>
    public static IReadOnlyList<TargetFamily> Families { get; } =
    [
        new Llama(),
        new Qwen3(),
        new Qwen2(),
        new Qwen3Moe(),
        new Hunyuan(),
    ];
}
