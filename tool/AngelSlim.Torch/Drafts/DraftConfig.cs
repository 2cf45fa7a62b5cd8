using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;

namespace AngelSlim.Torch.Drafts;

/// <summary>The form of an Eagle3 draft.</summary>
internal sealed record DraftConfig
{
    private const double AngelslimBase = 10000;

    /// <summary>Width of the draft's states, and of the embedding that it shares with the target.</summary>
    public required int Width { get; init; }

    /// <summary>Width of the target's states.</summary>
    public required int TargetWidth { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key heads.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Channels of a head.</summary>
    public required int HeadChannels { get; init; }

    /// <summary>Width of the MLP.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>Added to the mean square in every norm.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Words of the target.</summary>
    public required int TargetWords { get; init; }

    /// <summary>Words of the draft.</summary>
    public required int DraftWords { get; init; }

    /// <summary>Layers of the target whose output the draft reads, 0-based, low to high.</summary>
    public required IReadOnlyList<int> HiddenLayers { get; init; }

    /// <summary>Rotary positions.</summary>
    public required Rope Rope { get; init; }

    /// <summary>The longest text, in tokens: the target's.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>One norm over the joined states before <c>fc</c>.</summary>
    public bool NormBeforeFc { get; init; }

    /// <summary>One norm over each of the states before <c>fc</c>.</summary>
    public bool FcNorm { get; init; }

    /// <summary>The next step gets the normed state.</summary>
    public bool NormOutput { get; init; }

    /// <summary>The form that the settings ask for beside a target.</summary>
    /// <param name="settings">What was asked.</param>
    /// <param name="compatibility">AngelSlim's conventions ask for its rope, <see cref="AsAngelslim"/>.</param>
    /// <param name="target">The target's form.</param>
    /// <param name="words">Words of the draft.</param>
    /// <exception cref="UserException">The settings contradict each other or the target.</exception>
    public static DraftConfig For(DraftSettings settings, Compatibility compatibility, TargetConfig target, int words)
    {
        var layers = TargetModel.HiddenLayers(settings.HiddenLayers, target.Layers);
        if (settings.NormBeforeFc && settings.FcNorm)
        {
            throw new UserException(ProblemCode.Contradiction, "draft.normBeforeFc and draft.fcNorm are two norms of the same states: set one of them to false.");
        }

        return new()
        {
            Width = target.Width,
            TargetWidth = target.Width,
            Heads = target.Heads.Heads,
            KeyHeads = target.Heads.KeyHeads,
            HeadChannels = target.Heads.Channels,
            MlpWidth = settings.IntermediateSize ?? target.InnerWidth,
            NormEpsilon = target.NormEpsilon,
            TargetWords = target.Vocabulary,
            DraftWords = words,
            HiddenLayers = layers,
            Rope = compatibility is Compatibility.Angelslim || settings.Rope is DraftRope.Angelslim ? AsAngelslim(target.Rope) : Steady(target.Rope),
            MaxPositions = target.MaxPositions,
            NormBeforeFc = settings.NormBeforeFc,
            FcNorm = settings.FcNorm,
            NormOutput = settings.NormOutput,
        };
    }

    /// <summary>The rotation that AngelSlim trains with beside a target of this one: its kind on base 10000, without <c>alpha</c>, which its <c>dynamic</c> does not know.</summary>
    public static Rope AsAngelslim(Rope rope) => rope is AlphaRope or DynamicRope ? new PlainRope(AngelslimBase) : rope with { Theta = AngelslimBase };

    /// <summary>Up to the target's length a base that grows is the plain one; beyond it every server does otherwise.</summary>
    private static Rope Steady(Rope rope) => rope is DynamicRope ? new PlainRope(rope.Theta) : rope;
}
