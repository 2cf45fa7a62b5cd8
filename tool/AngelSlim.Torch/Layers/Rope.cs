using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>How fast each pair of channels rotates with the position. One record per kind; formulas as in the reference implementation.</summary>
/// <param name="Theta">The base: pair i of C channels turns by <c>Theta^(-2i/C)</c> a token, before what the kind adds.</param>
public abstract record Rope(double Theta)
{
    /// <summary>What cosine and sine are multiplied with.</summary>
    public virtual double AttentionScaling => 1;

    /// <summary>Radians a token of each pair.</summary>
    /// <param name="channels">Channels of a head, even.</param>
    /// <returns>[C/2], float32.</returns>
    public Tensor Frequencies(int channels)
    {
        using var scope = NewDisposeScope();

        // float32 throughout, as the reference: one unit in the last place is 7e-3 radians at position 131071.
        return Scaled(Powers(tensor((float)Base(channels)), channels)).MoveToOuterDisposeScope();
    }

    /// <summary>The base after what the kind makes of it.</summary>
    /// <param name="channels">Channels of a head.</param>
    protected virtual double Base(int channels) => Theta;

    /// <summary><c>base^(-2i/C)</c> for each pair i.</summary>
    /// <param name="theta">Any shape that broadcasts with [C/2].</param>
    /// <param name="channels">Channels of a head.</param>
    private protected static Tensor Powers(Tensor theta, int channels)
    {
        var exponents = Arithmetic.Integers(0, channels / 2, theta.device).to(float32).Times(2.0) / tensor((float)channels, float32, theta.device);
        return tensor(1f, float32, theta.device) / theta.pow(exponents);
    }

    /// <summary>What the kind makes of the plain frequencies.</summary>
    protected abstract Tensor Scaled(Tensor plain);
}

/// <summary>The plain rotation.</summary>
/// <param name="Theta">The base.</param>
public sealed record PlainRope(double Theta) : Rope(Theta)
{
    /// <inheritdoc/>
    protected override Tensor Scaled(Tensor plain) => plain;
}

/// <summary>All positions divided by a factor.</summary>
/// <param name="Theta">The base.</param>
/// <param name="Factor">What all pairs are divided by.</param>
public sealed record LinearRope(double Theta, double Factor) : Rope(Theta)
{
    /// <inheritdoc/>
    protected override Tensor Scaled(Tensor plain) => plain / tensor((float)Factor);
}

/// <summary>Llama 3: slow pairs divided by the factor, fast ones left alone, a ramp between.</summary>
/// <param name="Theta">The base.</param>
/// <param name="Factor">What slow pairs are divided by.</param>
/// <param name="LowFrequency">Turns within the original length below which a pair is slow.</param>
/// <param name="HighFrequency">Turns within the original length above which a pair is fast; larger than the low one.</param>
/// <param name="OriginalPositions">The original length, in tokens.</param>
public sealed record Llama3Rope(double Theta, double Factor, double LowFrequency, double HighFrequency, int OriginalPositions) : Rope(Theta)
{
    /// <inheritdoc/>
    protected override Tensor Scaled(Tensor plain)
    {
        var turns = tensor((float)OriginalPositions) / (tensor((float)(2 * Math.PI)) / plain);
        var fast = ((turns - tensor((float)LowFrequency)) / tensor((float)(HighFrequency - LowFrequency))).Within(0, 1);
        return ((tensor(1f) - fast) * plain / tensor((float)Factor)).Plus(fast * plain);
    }
}

/// <summary>YaRN: as Llama 3 with another ramp, and cosine and sine scaled. Active at every length.</summary>
/// <param name="Theta">The base.</param>
/// <param name="Factor">What slow pairs are divided by.</param>
/// <param name="OriginalPositions">The original length, in tokens.</param>
/// <param name="Scaling">What cosine and sine are multiplied with.</param>
public sealed record YarnRope(double Theta, double Factor, int OriginalPositions, double Scaling) : Rope(Theta)
{
    /// <summary>Turns within the original length above which a pair is left alone.</summary>
    public double FastTurns { get; init; } = 32;

    /// <summary>Turns within the original length below which a pair is divided.</summary>
    public double SlowTurns { get; init; } = 1;

    /// <summary>Whether the ramp's ends are rounded outwards to whole pairs.</summary>
    public bool WholePairs { get; init; } = true;

    /// <inheritdoc/>
    public override double AttentionScaling => Scaling;

    /// <inheritdoc/>
    protected override Tensor Scaled(Tensor plain)
    {
        var channels = (int)plain.shape[0] * 2;
        var (first, last) = (PairWith(FastTurns, channels), PairWith(SlowTurns, channels));
        (first, last) = WholePairs ? (Math.Floor(first), Math.Ceiling(last)) : (first, last);
        (first, last) = (Math.Max(first, 0), Math.Min(last, channels - 1));
        var width = first == last ? 0.001 : last - first;
        var slow = ((Arithmetic.Integers(0, channels / 2).to(float32) - tensor((float)first)) / tensor((float)width)).Within(0, 1);
        return (plain / tensor((float)Factor) * slow).Plus(plain * (tensor(1f) - slow));
    }

    private double PairWith(double turns, int channels) =>
        channels * Math.Log(OriginalPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(Theta));
}

/// <summary>Hunyuan: a larger base at every length, <c>Theta · Alpha^(C/(C-2))</c>.</summary>
/// <param name="Theta">The base.</param>
/// <param name="Alpha">How much longer a text is meant to be.</param>
public sealed record AlphaRope(double Theta, double Alpha) : Rope(Theta)
{
    /// <inheritdoc/>
    protected override double Base(int channels) => Theta * Math.Pow(Alpha, (double)channels / (channels - 2));

    /// <inheritdoc/>
    protected override Tensor Scaled(Tensor plain) => plain;
}

/// <summary>NTK by length: plain up to a length, a base that grows with the text beyond it.</summary>
/// <param name="Theta">The base.</param>
/// <param name="Factor">How fast it grows.</param>
/// <param name="MaxPositions">The length up to which the rotation is plain, in tokens.</param>
public sealed record DynamicRope(double Theta, double Factor, int MaxPositions) : Rope(Theta)
{
    /// <summary>Radians a token of each pair, in texts of these lengths.</summary>
    /// <param name="lengths">int64, any shape.</param>
    /// <param name="channels">Channels of a head, even.</param>
    /// <returns>The shape of the lengths, and C/2; float32.</returns>
    public Tensor FrequenciesAt(Tensor lengths, int channels)
    {
        using var scope = NewDisposeScope();
        Tensor Number(double number) => tensor((float)number, float32, lengths.device);
        var growth = ((lengths.to(float32).Times(Factor) / Number(MaxPositions)) - Number(Factor - 1)).pow(Number((double)channels / (channels - 2)));
        var theta = where(lengths > tensor((long)MaxPositions, int64, lengths.device), growth.Times(Theta), Number(Theta));
        return Powers(theta.unsqueeze(-1), channels).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor Scaled(Tensor plain) => plain;
}
