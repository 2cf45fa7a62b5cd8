using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>Rotary positions: turns positions into rotations, once for all layers of a forward.</summary>
internal sealed class Rotary
{
    private readonly Rope _rope;
    private readonly int _channels;
    private readonly Tensor _frequencies;
    private readonly Tensor _scaling;

    /// <summary>Rotations of one kind.</summary>
    /// <param name="rope">The kind.</param>
    /// <param name="channels">Channels of a head, all of which rotate; even.</param>
    /// <param name="device">Where the positions will be.</param>
    public Rotary(Rope rope, int channels, Device device)
    {
        using var scope = NewDisposeScope();
        (_rope, _channels) = (rope, channels);
        _frequencies = rope.Frequencies(channels).to(device).DetachFromDisposeScope();
        _scaling = tensor((float)rope.AttentionScaling, float32, device).DetachFromDisposeScope();
    }

    /// <summary>The rotations of these positions.</summary>
    /// <param name="positions_ABT">int64; A is 1.</param>
    /// <param name="type">Of the activations. The angles are float32; cosine and sine are rounded to it.</param>
    /// <param name="before">Tokens of the text that a cache holds; matters to <see cref="DynamicRope"/> only.</param>
    public Rotation At(Tensor positions_ABT, ScalarType type, long before = 0)
    {
        using var scope = NewDisposeScope();
        var positions_BT = positions_ABT.Shaped([1, -1, -1])[0];
        var angles = positions_BT.to(float32).unsqueeze(-1) * FrequenciesAt(positions_BT, before);
        var cos = (angles.cos() * _scaling).to(type);
        var sin = (angles.sin() * _scaling).to(type);
        return new Rotation(
            cat([cos, cos], -1).unsqueeze(2).MoveToOuterDisposeScope(),
            cat([-sin, sin], -1).unsqueeze(2).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// A text that is read at once turns as its length says. Behind a cache each token turns as if it had come alone, however
    /// many come at once: so greedy decoding comes to it, and what a draft proposed is judged by the same numbers.
    /// </summary>
    private Tensor FrequenciesAt(Tensor positions_BT, long before) => _rope is DynamicRope dynamic
        ? dynamic.FrequenciesAt((before > 0 ? positions_BT : positions_BT.max()).Plus(1L), _channels)
        : _frequencies;
}

/// <summary>Cosine and sine of each position and channel.</summary>
/// <param name="Cos_BT1C">The two halves of C are equal.</param>
/// <param name="SignedSin_BT1C">The first half is negated: what the rolled halves are multiplied with.</param>
public sealed record Rotation(Tensor Cos_BT1C, Tensor SignedSin_BT1C)
{
    /// <summary>Rotations of texts that lie end to end.</summary>
    internal static Rotation Joined(IReadOnlyList<Rotation> texts) =>
        texts.Count is 1 ? texts[0] : new(cat([.. texts.Select(text => text.Cos_BT1C)], 1), cat([.. texts.Select(text => text.SignedSin_BT1C)], 1));

    /// <summary>Rotates pairs (c, c + C/2), halves and not neighbours. Both products and their sum are rounded to the input's type.</summary>
    /// <param name="heads_BTHC">Queries or keys.</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor heads_BTHC)
    {
        using var scope = NewDisposeScope();
        var half = heads_BTHC.shape[^1] / 2;
        return (heads_BTHC * Cos_BT1C).Plus(heads_BTHC.roll(half, -1) * SignedSin_BT1C).MoveToOuterDisposeScope();
    }
}
