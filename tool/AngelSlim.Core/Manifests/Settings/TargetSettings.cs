namespace AngelSlim.Core.Manifests.Settings;

/// <summary>The target model: exactly one of <see cref="Model"/>, <see cref="Builtin"/> and <see cref="Pretrain"/>.</summary>
public sealed record TargetSettings
{
    /// <summary>A folder with a Hugging Face checkpoint, or a hub id that the local hub cache has.</summary>
    [Example("\"../models/Qwen3-0.6B\"")]
    [Example("\"Qwen/Qwen3-0.6B\"")]
    public string? Model { get; init; }

    /// <summary>A small target that comes with the tool: <c>tiny-text</c>.</summary>
    [Example("\"tiny-text\"")]
    public string? Builtin { get; init; }

    /// <summary>A small target that the tool trains itself first.</summary>
    public PretrainSettings? Pretrain { get; init; }

    /// <summary>A .NET assembly with a family of targets that the tool does not know; goes with <see cref="Model"/>. <c>templates/target-family</c> is one to start from.</summary>
    [Example("\"families/Olmo2Family.dll\"")]
    public string? Assembly { get; init; }

    /// <summary>The type that the target computes in.</summary>
    public Dtype Dtype { get; init; } = Dtype.Float32;
}
