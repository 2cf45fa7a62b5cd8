namespace AngelSlim.Core.Stages;

/// <summary>What a step needs of the machine while it runs.</summary>
/// <param name="Memory">Bytes, about; 0 when it is too little to count.</param>
/// <param name="Alone">Nothing else of the run may go on beside it: it measures time.</param>
public sealed record Needs(long Memory = 0, bool Alone = false);
