namespace AngelSlim.Torch.Targets;

/// <summary>What distinguishes a family of targets, as data. Sizes are never here: they come from each checkpoint's <c>config.json</c>.</summary>
internal sealed record TargetFamily
{
    /// <summary>As <c>model_type</c> says it.</summary>
    public required string ModelType { get; init; }

    /// <summary>As <c>architectures</c> says it.</summary>
    public required string Architecture { get; init; }

    /// <summary>Queries and keys are normed per head before the rotation.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>The head's channels when <c>head_dim</c> is missing; null: width divided by heads.</summary>
    public int? HeadChannels { get; init; }

    /// <summary>Key heads when <c>num_key_value_heads</c> is missing; null: as many as query heads.</summary>
    public int? KeyHeads { get; init; }

    /// <summary>The window is off unless <c>use_sliding_window</c> is true; else any <c>sliding_window</c> counts as in use.</summary>
    public bool WindowNeedsSwitch { get; init; }
}
