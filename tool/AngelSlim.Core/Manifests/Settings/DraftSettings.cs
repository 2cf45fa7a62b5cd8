using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>The shape of the draft: one Eagle3 layer over three hidden states of the target.</summary>
public sealed record DraftSettings
{
    /// <summary>Words of the draft, the most frequent of the answers; the whole target vocabulary when left out or when that is not larger.</summary>
    [Range(16, 1_000_000)]
    public int? Vocabulary { get; init; } = 32000;

    /// <summary>Width of the MLP; the target's when left out.</summary>
    [Range(8, 1_000_000)]
    public int? IntermediateSize { get; init; }

    /// <summary>Layers whose output the draft reads, 0-based, three, ascending; when left out 1, L/2 - 1 and L - 4 as every server takes.</summary>
    [Length(3, 3)]
    [EachInRange(0, 1000)]
    [Distinct]
    [Example("[1, 13, 24]")]
    public IReadOnlyList<int>? HiddenLayers { get; init; }

    /// <summary>RMS norm over the three joined hidden states before <c>fc</c> (Eagle 3.1; vLLM and SGLang load it).</summary>
    public bool NormBeforeFc { get; init; } = true;

    /// <summary>RMS norm over each of the three hidden states before <c>fc</c>; not together with <see cref="NormBeforeFc"/>.</summary>
    public bool FcNorm { get; init; }

    /// <summary>The next draft step gets the normed state (Eagle 3.1; vLLM and SGLang load it).</summary>
    public bool NormOutput { get; init; } = true;

    /// <summary>Where the weights start.</summary>
    public HeadStart Head { get; init; } = HeadStart.Target;

    /// <summary>True: the head is not trained, which saves half of the trained weights. When left out, a head that starts from the target's rows stays.</summary>
    public bool? FreezeHead { get; init; }

    /// <summary>Standard deviation of the matrices at the start.</summary>
    [Range(1e-6, 1.0)]
    public double InitialDeviation { get; init; } = 0.01;

    /// <summary>Rotary positions of the draft.</summary>
    public DraftRope Rope { get; init; } = DraftRope.Target;
}

/// <summary>Where the head's weights start.</summary>
public enum HeadStart
{
    /// <summary>The target's rows of the draft words.</summary>
    Target,

    /// <summary>Random.</summary>
    Random,
}

/// <summary>Rotary positions of the draft.</summary>
public enum DraftRope
{
    /// <summary>As the target's: what servers read in the config.</summary>
    Target,

    /// <summary>Base 10000 whatever the target has, as AngelSlim trains.</summary>
    Angelslim,
}
