using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>The target model: exactly one of <see cref="Model"/>, <see cref="Builtin"/>, <see cref="Pretrain"/> and <see cref="Random"/>.</summary>
public sealed record TargetSettings
{
    /// <summary>A folder with a Hugging Face checkpoint, or a hub id. What the local hub cache does not have is downloaded before the first step.</summary>
    [Example("\"../models/Qwen3-0.6B\"")]
    [Example("\"Qwen/Qwen3-0.6B\"")]
    public string? Model { get; init; }

    /// <summary>A branch, a tag or a commit of a hub model. A branch or a tag stays at the commit that was downloaded; a commit is the same everywhere.</summary>
    [Example("\"c1899de289a04d12100db370d81485cdf75e47ca\"")]
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,4}$")]
    [Incidental]
    public string Revision { get; init; } = "main";

    /// <summary>A small target that comes with the tool: <c>tiny-text</c>.</summary>
    [Example("\"tiny-text\"")]
    public string? Builtin { get; init; }

    /// <summary>A small target that the tool trains itself first.</summary>
    public PretrainSettings? Pretrain { get; init; }

    /// <summary>A tiny target of this family with random weights: shows in seconds that everything fits together, and is of no other use.</summary>
    [Example("\"qwen3\"")]
    public string? Random { get; init; }

    /// <summary>What <c>model_type</c> in the target's config.json has to say; <c>--smoke</c> takes a tiny random target of it, without the model.</summary>
    [Incidental]
    [Example("\"qwen3\"")]
    public string? Family { get; init; }

    /// <summary>A .NET assembly with a family of targets that the tool does not know; goes with <see cref="Model"/>. <c>templates/target-family</c> is one to start from.</summary>
    [Example("\"families/Olmo2Family.dll\"")]
    public string? Assembly { get; init; }

    /// <summary>The type that the target computes in.</summary>
    public Dtype Dtype { get; init; } = Dtype.Float32;
}
