using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Stages;

/// <summary>About how many bytes a training of a draft takes at most, beside its target and the program: weights, what their optimiser keeps, and one part of a step.</summary>
/// <remarks>Within 15 % of what was measured; a test holds it to that. Asked before libtorch is loaded, so it names no type of it.</remarks>
internal sealed class TrainingMemory
{
    // A weight in training is four numbers in float32: itself, its gradient, and two moments.
    private const int BytesPerWeight = 4 * sizeof(float);

    // The loss scores so many rows at once, and holds five tables of them over the draft's words (BlockedLoss).
    private const long LossRows = 256;
    private const int LossTables = 5;

    // What the C library's heap needs beyond what lives in it, and what lives only within an operation: measured at widths of 512 and 1024.
    private const double Slack = 1.2;
    private const double SlackOfStates = 1.5;

    // Holes in the heap are given back between the steps that are computed again.
    private const double SlackOfAStep = 1.25;

    private readonly TrainingSettings _training;
    private readonly long _tokens;
    private readonly long _width;
    private readonly long _query;
    private readonly long _keys;
    private readonly long _inner;
    private readonly long _words;

    /// <summary>Of a training.</summary>
    /// <param name="settings">The draft, and how it is trained.</param>
    /// <param name="target">Gives the draft its sizes.</param>
    public TrainingMemory(TrainSettings settings, TargetFolder target)
    {
        var config = ConfigObject.Read(Path.Combine(target.Folder, "config.json"));
        _width = MemoryEstimate.Integer(config, "hidden_size", 1);
        _training = settings.Training;
        (_query, _keys) = MemoryEstimate.Heads(config);
        _inner = settings.Draft.IntermediateSize ?? MemoryEstimate.Integer(config, "intermediate_size", 1);
        _words = settings.Draft.Vocabulary ?? config.Vocabulary;
        _tokens = Math.Min(Math.Max(_training.TokensAtOnce, settings.MaxTokens), (long)_training.BatchRows * settings.MaxTokens);
    }

    /// <summary>Whether unroll steps are computed again.</summary>
    /// <param name="free">Bytes that there are for it.</param>
    public bool Recomputes(long free) => _training.Recompute is Recompute.Always || (_training.Recompute is Recompute.Auto && Bytes(recompute: false) > free);

    /// <summary>The most that it takes.</summary>
    /// <param name="recompute">Unroll steps are computed again instead of being kept.</param>
    public long Bytes(bool recompute)
    {
        var layer = (((3 * _query) + (4 * _keys) + (3 * _width) + (3 * _inner)) * _width) + (_words * _width);
        var loss = ((LossRows * LossTables * _words) + (_words * _width)) * sizeof(float);

        // Beside float32 weights their copies, and a product as large as the head; norms are float32 within.
        var narrow = _training.Dtype is Dtype.Bfloat16;
        var copies = narrow ? (layer + (_words * _width)) * Size : 0;
        var wide = narrow ? 3 * _width * sizeof(float) * (recompute ? 1 : _training.Unroll) : 0;
        var once = (3 * _width) + (2 * _query);
        var kept = (2 * _width) + (2 * _keys);
        var states = recompute ? once + InStep + (_training.Unroll * kept) : once + (_training.Unroll * InStep);
        return (layer * BytesPerWeight) + (long)((Slack * (loss + copies)) + ((recompute ? SlackOfAStep : SlackOfStates) * _tokens * ((states * Size) + wide)));
    }

    /// <summary>Numbers of one token that the graph of one step keeps: norms, projections and attention, the four tables of the gated layer.</summary>
    private long InStep => (11 * _width) + (2 * _query) + (2 * _keys) + (4 * _inner);

    private int Size => _training.Dtype is Dtype.Bfloat16 ? 2 : 4;
}
