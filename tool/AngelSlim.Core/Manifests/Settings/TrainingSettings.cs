using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>How the draft is trained.</summary>
public sealed record TrainingSettings
{
    /// <summary>Times every row is seen, 1 to 1000; <see cref="Steps"/>, if given, decides instead.</summary>
    [Range(1, 1000)]
    public int Epochs { get; init; } = 2;

    /// <summary>Optimiser steps, if not by epochs.</summary>
    [Range(1, 100_000_000)]
    public int? Steps { get; init; }

    /// <summary>Rows per optimiser step, 1 to 4096.</summary>
    [Range(1, 4096)]
    public int BatchRows { get; init; } = 1;

    /// <summary>Tokens that are computed at once: rows of a step lie end to end, and a step with more takes them in parts and adds up their gradients. Bounds the memory of the states; a longer row alone is one part.</summary>
    [Range(16, 10_000_000)]
    public int TokensAtOnce { get; init; } = 4096;

    /// <summary>Whether unroll steps are computed again for their gradients instead of being kept: half of the memory that a step needs beside weights, some more time, the same bits.</summary>
    [Incidental]
    public Recompute Recompute { get; init; } = Recompute.Auto;

    /// <summary>The type that the draft computes in; its weights and what the optimiser keeps are float32 in any case.</summary>
    public Dtype Dtype { get; init; } = Dtype.Float32;

    /// <summary>Draft steps unrolled from every position, 1 to 16; AngelSlim and SpecForge take 7, at over twice the cost.</summary>
    [Range(1, 16)]
    public int Unroll { get; init; } = 3;

    /// <summary>Weight of unroll step k is this to the power k, over 0 to 1.</summary>
    [Range(0.01, 1.0)]
    public double StepDecay { get; init; } = 1.0;

    /// <summary>How far a draft is from the target at one position.</summary>
    public Objective Objective { get; init; } = Objective.CrossEntropy;

    /// <summary>What the target teaches at one position.</summary>
    public TargetKind Targets { get; init; } = TargetKind.Soft;

    /// <summary>Which positions count.</summary>
    public Gate Gate { get; init; } = Gate.All;

    /// <summary>What the loss is divided by.</summary>
    public Normalizer Normalizer { get; init; } = Normalizer.Counted;

    /// <summary>Sets loss, gate, normaliser and rope to what AngelSlim does, so that its curves can be replayed.</summary>
    public Compatibility Compatibility { get; init; } = Compatibility.None;

    /// <summary>What turns gradients into updates.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Muon;

    /// <summary>Peak learning rate.</summary>
    [Range(1e-8, 1.0)]
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>How the rate goes on after warm-up.</summary>
    public Schedule Schedule { get; init; } = Schedule.Cosine;

    /// <summary>Steps over which the rate rises; 0 for none.</summary>
    [Range(0, 10_000_000)]
    public int WarmupSteps { get; init; } = 20;

    /// <summary>Decay of the matrices' weights, decoupled; norms are not decayed.</summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 0.5;

    /// <summary>The gradient's norm is clipped to this.</summary>
    [Range(1e-6, 1e6)]
    public double MaxGradientNorm { get; init; } = 1.0;

    /// <summary>Seeds the initial weights and the order of the rows.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 42;

    /// <summary>Steps between checkpoints; a killed run goes on from the last. Does not change the result.</summary>
    [Incidental]
    [Range(1, 10_000_000)]
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>Steps between held-out figures.</summary>
    [Range(1, 10_000_000)]
    public int EvaluateEvery { get; init; } = 100;

    /// <summary>Whose weights become the draft.</summary>
    public KeptStep Keep { get; init; } = KeptStep.Last;

    /// <summary>Evaluations without a longer simulated acceptance after which training stops; it goes through all steps when left out.</summary>
    [Range(1, 100_000)]
    public int? Patience { get; init; }

    /// <summary>The best so many evaluated drafts are kept beside the result, in <c>snapshots/step-N</c>.</summary>
    [Range(0, 1000)]
    public int Snapshots { get; init; }
}

/// <summary>Whether unroll steps are computed twice.</summary>
public enum Recompute
{
    /// <summary>Where a step would need more memory than the machine has.</summary>
    Auto,

    /// <summary>Always.</summary>
    Always,

    /// <summary>Never.</summary>
    Never,
}

/// <summary>Whose weights become the draft.</summary>
public enum KeptStep
{
    /// <summary>Those of the last step.</summary>
    Last,

    /// <summary>Those with the longest simulated acceptance on held-out rows.</summary>
    Best,
}

/// <summary>How far a draft's distribution Q is from the target's, P, over the draft's words.</summary>
public enum Objective
{
    /// <summary>-Σ P log Q, as AngelSlim, SpecForge and EAGLE.</summary>
    CrossEntropy,

    /// <summary>KL(P, Q), as speculators: cross-entropy less what the target itself does not know; the draft is the same.</summary>
    Kl,

    /// <summary>KL(Q, P): the draft rather leaves out words than says wrong ones.</summary>
    ReverseKl,

    /// <summary>Jensen-Shannon: half of both against their mean.</summary>
    JensenShannon,

    /// <summary>1 - Σ min(P, Q), the share of sampled words that are refused; learns slowly from a random start.</summary>
    TotalVariation,

    /// <summary>-log Σ min(P, Q): acceptance as a likelihood (LK alpha).</summary>
    NegativeLogAcceptance,

    /// <summary>From KL to total variation as acceptance grows, at each position (LK lambda, eta 3).</summary>
    LkHybrid,

    /// <summary>The same with one share for all positions of an unroll step, by their mean acceptance, as SpecForge.</summary>
    LkLambda,
}

/// <summary>What the target teaches at one position.</summary>
public enum TargetKind
{
    /// <summary>Its whole distribution over the draft's words.</summary>
    Soft,

    /// <summary>Its first choice alone.</summary>
    Hard,
}

/// <summary>Which positions count: at unroll step k, row t reads token t+1+k and predicts token t+2+k.</summary>
public enum Gate
{
    /// <summary>Tokens t+1 to t+2+k all in one answer: exactly what a server asks of the draft.</summary>
    Exact,

    /// <summary>Tokens t+1 to t+2+k all in the row, prompts too: a draft learns from every state that the target has.</summary>
    All,

    /// <summary>Token t+1+k in an answer, as speculators.</summary>
    Next,

    /// <summary>Token t+k in an answer, as AngelSlim.</summary>
    Angelslim,
}

/// <summary>What the loss is divided by.</summary>
public enum Normalizer
{
    /// <summary>The counted rows of unroll step 0, one divisor for all steps.</summary>
    Counted,

    /// <summary>All positions, padding included, as AngelSlim.</summary>
    Positions,
}

/// <summary>Whose conventions.</summary>
public enum Compatibility
{
    /// <summary>Ours.</summary>
    None,

    /// <summary>AngelSlim's loss, gate, normaliser and rope, and its uniform teacher past the end of a row.</summary>
    Angelslim,
}

/// <summary>What turns gradients into updates.</summary>
public enum OptimizerKind
{
    /// <summary>Muon for the matrices of the layer and <c>fc</c>, AdamW for head and norms.</summary>
    Muon,

    /// <summary>AdamW for everything.</summary>
    Adamw,
}

/// <summary>How the learning rate goes on after warm-up; a pure function of the step.</summary>
public enum Schedule
{
    /// <summary>Half a cosine down to 0 at the last step.</summary>
    Cosine,

    /// <summary>Stays.</summary>
    Constant,
}
