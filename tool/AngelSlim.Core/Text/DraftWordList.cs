using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>The words that a draft may propose.</summary>
/// <param name="Words">Target ids, ascending, without repetition; word i of the draft is target id <c>Words[i]</c>.</param>
/// <param name="Coverage">Share of the counted training tokens that are among them, 0 to 1.</param>
/// <param name="TargetVocabulary">Number of the target's words.</param>
internal sealed record DraftWordList(int[] Words, double Coverage, int TargetVocabulary)
{
    /// <summary>The most frequent words; among equally frequent ones, and where too few were seen, the lower id first.</summary>
    /// <param name="counts">How often each target id was counted.</param>
    /// <param name="size">Number of words; all of them where the target has no more.</param>
    public static DraftWordList MostFrequent(long[] counts, int size)
    {
        var byFrequency = Enumerable.Range(0, counts.Length).OrderByDescending(id => counts[id]).ThenBy(id => id);
        int[] words = [.. byFrequency.Take(size).Order()];
        var total = counts.Sum();
        return new DraftWordList(words, total is 0 ? 0 : (double)words.Sum(word => counts[word]) / total, counts.Length);
    }

    /// <summary>Reads <c>vocabulary.json</c>.</summary>
    /// <exception cref="DataException">The words are not ascending, or not in the target's vocabulary.</exception>
    public static DraftWordList Read(string path)
    {
        var list = ArtifactJson.Read<DraftWordList>(path);
        var wrong = list.Words is not { Length: > 0 } ? "no words"
            : list.Words[0] < 0 || list.Words[^1] >= list.TargetVocabulary ? $"a word outside 0..{list.TargetVocabulary - 1}"
            : list.Words.Zip(list.Words.Skip(1)).Any(pair => pair.First >= pair.Second) ? "words that do not ascend"
            : list.Coverage is >= 0 and <= 1 ? null : $"a coverage of {list.Coverage}";
        return wrong is null ? list : throw new DataException(
            ProblemCode.StoreCorrupt, $"draft words: {wrong}; the vocabulary stage writes this file, so run it again", new TextPlace(path));
    }

    /// <summary>Writes <c>vocabulary.json</c>.</summary>
    public void Write(string path) => ArtifactJson.Write(path, this);
}
