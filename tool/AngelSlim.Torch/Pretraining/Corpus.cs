using AngelSlim.Core.Statistics;
using AngelSlim.Torch.Pretraining.Topics;

namespace AngelSlim.Torch.Pretraining;

/// <summary>An endless, seeded stream of small conversations about seven topics.</summary>
/// <remarks>
/// Every answer depends on its question, whose names, numbers and nouns must be copied or worked out, and holds choices
/// that cannot be foreseen: a draft can be right often, but not always. Where quantities occur they are so small that a
/// model of a few million weights can learn their sums and products by heart.
/// </remarks>
internal sealed class Corpus(ulong seed)
{
    private readonly Chooser _chooser = new(seed);

    /// <summary>The next conversation.</summary>
    public CorpusConversation Next() => _chooser.Below(16) switch
    {
        < 4 => StoryTopic.Draw(_chooser),
        < 6 => SumTopic.Draw(_chooser),
        < 8 => RecordTopic.Draw(_chooser),
        < 10 => CodeTopic.Draw(_chooser),
        < 13 => FactTopic.Draw(_chooser),
        13 => GuideTopic.Draw(_chooser),
        _ => ShopTopic.Draw(_chooser),
    };
}
