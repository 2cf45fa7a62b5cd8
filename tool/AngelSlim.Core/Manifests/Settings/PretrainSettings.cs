using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>A small Qwen3 target that the tool trains itself on a synthetic corpus.</summary>
public sealed record PretrainSettings
{
    /// <summary>Decoder layers, 4 to 64.</summary>
    [Range(4, 64)]
    public int Layers { get; init; } = 12;

    /// <summary>Optimiser steps.</summary>
    [Range(1, 10_000_000)]
    public int Steps { get; init; } = 2200;

    /// <summary>Seeds corpus, weights and order.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 1;
}
