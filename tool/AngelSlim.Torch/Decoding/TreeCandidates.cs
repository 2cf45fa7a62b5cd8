using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Layers;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>What could stand in a text's tree: every word that was among the best behind a word that was read.</summary>
/// <param name="width">Words that are taken behind each, and words of a level that are read on.</param>
internal sealed class TreeCandidates(int width)
{
    private readonly List<Candidate> _all = [];
    private readonly List<int> _depths = [];
    private int[] _frontier = [];

    // Of each word of the frontier the rows that it sees behind the text: those of its ancestors, and its own.
    private int[][] _seen = [];

    /// <summary>Words that are taken behind each.</summary>
    public int Width => width;

    /// <summary>The draft words that are read next, best first.</summary>
    public IReadOnlyList<long> Frontier => [.. _frontier.Select(place => _all[place].Word)];

    /// <summary>Of each of them the row of its parent among those that were read last.</summary>
    public IReadOnlyList<int> Origins { get; private set; } = [];

    /// <summary>Takes the best words behind each row that was read last, and chooses which of them are read next.</summary>
    /// <param name="words">Draft words, <see cref="Width"/> behind each row.</param>
    /// <param name="logs">Their log-probabilities.</param>
    public void Extend(ReadOnlySpan<long> words, ReadOnlySpan<float> logs)
    {
        var (from, read) = (_all.Count, _depths.Count);
        for (var i = 0; i < words.Length; i++)
        {
            var parent = _frontier.Length is 0 ? -1 : _frontier[i / width];
            _all.Add(new(words[i], parent, (parent < 0 ? 0 : _all[parent].Score) + logs[i]));
        }

        _frontier = [.. Enumerable.Range(from, words.Length).OrderByDescending(place => _all[place].Score).Take(width)];
        Origins = [.. _frontier.Select(place => (place - from) / width)];
        var seen = _seen;
        _seen = [.. Origins.Select((origin, own) => (int[])[.. seen.Length is 0 ? [] : seen[origin], read + own])];
        var depth = read is 0 ? 0 : _depths[^1] + 1;
        _depths.AddRange(_frontier.Select(_ => depth));
    }

    /// <summary>What the words that are read next see.</summary>
    /// <param name="length">Rows of the text.</param>
    /// <param name="device">Where the draft computes.</param>
    public Sight Sight(long length, Device device)
    {
        var seen = new bool[_seen.Length * _depths.Count];
        foreach (var (rows, own) in _seen.Select((rows, own) => (rows, own)))
        {
            foreach (var row in rows)
            {
                seen[(own * _depths.Count) + row] = true;
            }
        }

        return new(
            tensor(seen, device: device).view(_seen.Length, _depths.Count),
            tensor(_depths.Select(depth => length + depth).ToArray(), device: device));
    }

    /// <summary>The best of all, in the order in which they were found; a parent is no worse than its children, and is found before them.</summary>
    /// <param name="count">At most how many.</param>
    /// <param name="vocabulary">The draft's words.</param>
    public DraftTree Best(int count, DraftVocabulary vocabulary)
    {
        var places = Enumerable.Range(0, _all.Count).OrderByDescending(place => _all[place].Score).Take(count).Order().ToList();
        return new DraftTree(
            [.. places.Select(place => vocabulary.ToTarget(_all[place].Word))],
            [.. places.Select(place => _all[place].Parent < 0 ? -1 : places.IndexOf(_all[place].Parent))])
        {
            Scores = [.. places.Select(place => _all[place].Score)],
        };
    }

    private readonly record struct Candidate(long Word, int Parent, double Score);
}
