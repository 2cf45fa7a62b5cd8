using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>The draft's words and the target's: the only place that converts between them.</summary>
internal sealed class DraftVocabulary : IDisposable
{
    private readonly long[] _words;

    /// <summary>A draft that knows these words.</summary>
    /// <param name="words">Target ids, strictly ascending: draft word w is target id <c>words[w]</c>.</param>
    /// <param name="targetCount">Words of the target.</param>
    /// <exception cref="DataException">They are not ascending, or not words of the target.</exception>
    public DraftVocabulary(IReadOnlyList<long> words, int targetCount)
    {
        _words = [.. words];
        TargetCount = targetCount;
        for (var w = 0; w < _words.Length; w++)
        {
            if (_words[w] < 0 || _words[w] >= targetCount || (w > 0 && _words[w] <= _words[w - 1]))
            {
                throw new DataException(
                    ProblemCode.BadDraft,
                    $"Draft words should ascend within 0 to {targetCount - 1}, but word {w} is target id {_words[w]}. Make the vocabulary again.");
            }
        }

        Words_W = tensor(_words).DetachFromDisposeScope();
    }

    /// <summary>Words of the draft.</summary>
    public int Count => _words.Length;

    /// <summary>Words of the target.</summary>
    public int TargetCount { get; }

    /// <summary>Target ids, ascending.</summary>
    public IReadOnlyList<long> Words => _words;

    /// <summary>Target ids, ascending, int64.</summary>
    public Tensor Words_W { get; }

    /// <summary>Every word of the target.</summary>
    public static DraftVocabulary Full(int targetCount) => new([.. Enumerable.Range(0, targetCount).Select(word => (long)word)], targetCount);

    /// <summary>From a checkpoint's <c>d2t</c>: target id minus draft id.</summary>
    public static DraftVocabulary FromOffsets(Tensor d2t_W, int targetCount)
    {
        using var scope = NewDisposeScope();
        var offsets = d2t_W.Shaped([-1]).to(int64).contiguous().data<long>().ToArray();
        return new([.. offsets.Select((offset, word) => offset + word)], targetCount);
    }

    /// <summary>The checkpoint's <c>d2t</c>, [W] int64: target id minus draft id.</summary>
    public Tensor Offsets() => tensor(_words.Select((word, w) => word - w).ToArray());

    /// <summary>The checkpoint's <c>t2d</c>, [V] bool: true for the target ids that are draft words.</summary>
    public Tensor Membership()
    {
        var member = new bool[TargetCount];
        foreach (var word in _words)
        {
            member[word] = true;
        }

        return tensor(member);
    }

    /// <summary>The target id of a draft word.</summary>
    public long ToTarget(long draftWord) => _words[draftWord];

    /// <summary>The draft word of a target id, or -1 if the draft does not know it.</summary>
    public long ToDraft(long targetId) => Array.BinarySearch(_words, targetId) is >= 0 and var word ? word : -1;

    /// <summary>The range of draft words whose target ids lie in [start, end).</summary>
    public (int From, int To) Between(long start, long end) => (FirstAtLeast(start), FirstAtLeast(end));

    /// <inheritdoc/>
    public void Dispose() => Words_W.Dispose();

    private int FirstAtLeast(long targetId) => Array.BinarySearch(_words, targetId) is >= 0 and var found ? found : ~Array.BinarySearch(_words, targetId);
}
