namespace AngelSlim.Torch.Targets;

/// <summary>What a weight is for: from which numbers it starts when a target is made and not loaded.</summary>
public enum WeightRole
{
    /// <summary>One row a word.</summary>
    Embedding,

    /// <summary>A matrix whose output is read within the layer.</summary>
    Matrix,

    /// <summary>A matrix whose output is added to the residual stream.</summary>
    Output,

    /// <summary>What a projection adds.</summary>
    Bias,

    /// <summary>What a norm multiplies with.</summary>
    Norm,
}

/// <summary>A weight that a target has.</summary>
/// <param name="Name">As the checkpoint names it.</param>
/// <param name="Shape">As the checkpoint stores it; a matrix has outputs by inputs.</param>
/// <param name="Role">What it is for.</param>
public sealed record TargetWeight(string Name, IReadOnlyList<long> Shape, WeightRole Role)
{
    /// <summary>Where else it may stand: as a part of a larger tensor. Null: nowhere.</summary>
    public PackedWeight? Packed { get; init; }

    /// <summary>A matrix, <c>NAME.weight</c>.</summary>
    /// <param name="name">Without <c>.weight</c>.</param>
    /// <param name="outputs">Its rows.</param>
    /// <param name="inputs">Its columns.</param>
    public static TargetWeight Matrix(string name, long outputs, long inputs) => new($"{name}.weight", [outputs, inputs], WeightRole.Matrix);

    /// <summary>A matrix that writes to the residual stream, <c>NAME.weight</c>.</summary>
    /// <param name="name">Without <c>.weight</c>.</param>
    /// <param name="outputs">Its rows.</param>
    /// <param name="inputs">Its columns.</param>
    public static TargetWeight Output(string name, long outputs, long inputs) => new($"{name}.weight", [outputs, inputs], WeightRole.Output);

    /// <summary>A bias, <c>NAME.bias</c>.</summary>
    /// <param name="name">Without <c>.bias</c>.</param>
    /// <param name="size">Outputs of its matrix.</param>
    public static TargetWeight Bias(string name, long size) => new($"{name}.bias", [size], WeightRole.Bias);

    /// <summary>A norm, <c>NAME.weight</c>.</summary>
    /// <param name="name">Without <c>.weight</c>.</param>
    /// <param name="size">Of the axis that it norms.</param>
    public static TargetWeight Norm(string name, long size) => new($"{name}.weight", [size], WeightRole.Norm);
}

/// <summary>A place within a tensor that holds the same weight of several experts.</summary>
/// <param name="Name">The tensor, as the checkpoint names it.</param>
/// <param name="Shape">Experts, rows, columns.</param>
/// <param name="Expert">Which of them.</param>
/// <param name="FirstRow">Where the weight's rows begin.</param>
public sealed record PackedWeight(string Name, IReadOnlyList<long> Shape, int Expert, long FirstRow);
