using System.Runtime.InteropServices;
using AngelSlim.Core.Text.Tokenizers;
using AngelSlim.Core.Text.Tokenizers.Patterns;

namespace AngelSlim.Core.Text;

/// <summary>Trains a byte-level BPE tokenizer of Qwen's shape: the most frequent pair is merged first.</summary>
/// <remarks>Equal texts give equal bytes: among pairs equally frequent the one of lower ids wins.</remarks>
internal sealed class BpeTrainer
{
    private readonly List<string> _tokens = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<(string Left, string Right)> _merges = [];
    private readonly List<(int[] Ids, long Count)> _words;
    private readonly Dictionary<(int Left, int Right), Use> _uses = [];
    private readonly PriorityQueue<(int Left, int Right), (long Rarity, int Left, int Right)> _queue = new();

    private BpeTrainer(Dictionary<string, long> words)
    {
        foreach (var character in Enumerable.Range(0, 256).Select(value => ByteAlphabet.CharacterOf((byte)value)).Order())
        {
            IdOf(character.ToString());
        }

        _words = [.. words.Select(word => (ByteIds(word.Key), word.Value))];
        foreach (var index in Enumerable.Range(0, _words.Count))
        {
            Count(index, sign: 1, []);
        }

        Enqueue(_uses.Keys);
    }

    /// <summary>Writes <c>tokenizer.json</c>. The vocabulary stays smaller when no pair is there twice.</summary>
    /// <param name="texts">Read once. Special tokens in them are no part of words.</param>
    /// <param name="vocabularySize">Tokens in all: 256 bytes, merges, and the special ones behind them.</param>
    /// <param name="specials">Special tokens, in the order of their ids.</param>
    /// <param name="folder">Gets <c>tokenizer.json</c>, which <see cref="Tokenizer.Load"/> reads.</param>
    public static void Train(IEnumerable<string> texts, int vocabularySize, IReadOnlyList<string> specials, string folder)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 256 + specials.Count);
        var trainer = new BpeTrainer(CountWords(texts, specials));
        while (trainer._tokens.Count < vocabularySize - specials.Count && trainer.MergeNext())
        {
        }

        TokenizerWriter.Write(Path.Combine(folder, "tokenizer.json"), PreTokenizer.QwenPattern, trainer._tokens, trainer._merges, specials);
    }

    private static Dictionary<string, long> CountWords(IEnumerable<string> texts, IReadOnlyList<string> specials)
    {
        var words = new Dictionary<string, long>(StringComparer.Ordinal);
        var preTokenizer = new PreTokenizer([new SplitStage(Pattern.Parse(PreTokenizer.QwenPattern))]);
        var added = new AddedTokens(specials.Select((content, id) => (content, new AddedToken(id, content))));
        var state = new MatchState();
        foreach (var text in texts.Select(AlignedText.Of))
        {
            foreach (var part in added.Split(text.Text).Where(part => part.Token is null))
            {
                var composed = CanonicalComposition.Instance.Compose(new Piece(text, part.Start, part.End));
                foreach (var word in preTokenizer.Split(new Piece(composed, 0, composed.Text.Length), state))
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(words, word.Characters.ToString(), out _)++;
                }
            }
        }

        return words;
    }

    /// <returns>False if no pair is there twice.</returns>
    private bool MergeNext()
    {
        while (_queue.TryDequeue(out var pair, out var priority))
        {
            if (_uses.TryGetValue(pair, out var use) && use.Count == -priority.Rarity)
            {
                Merge(pair, [.. use.Words]);
                return true;
            }
        }

        return false;
    }

    private void Merge((int Left, int Right) pair, int[] words)
    {
        _merges.Add((_tokens[pair.Left], _tokens[pair.Right]));

        // Two ways to the same word are one token with two merges.
        var merged = IdOf(_tokens[pair.Left] + _tokens[pair.Right]);
        var changed = new HashSet<(int Left, int Right)>();
        foreach (var index in words)
        {
            Count(index, sign: -1, changed);
            _words[index] = (Replaced(_words[index].Ids, pair, merged), _words[index].Count);
            Count(index, sign: 1, changed);
        }

        Enqueue(changed);
    }

    private static int[] Replaced(int[] ids, (int Left, int Right) pair, int merged)
    {
        var replaced = new List<int>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            var together = i + 1 < ids.Length && (ids[i], ids[i + 1]) == pair;
            replaced.Add(together ? merged : ids[i]);
            i += together ? 1 : 0;
        }

        return [.. replaced];
    }

    private void Count(int index, int sign, HashSet<(int Left, int Right)> changed)
    {
        var (ids, count) = _words[index];
        for (var i = 1; i < ids.Length; i++)
        {
            var pair = (ids[i - 1], ids[i]);
            ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, pair, out _);
            use ??= new Use();
            use.Count += sign * count;
            _ = sign > 0 ? use.Words.Add(index) : use.Words.Remove(index);
            changed.Add(pair);
        }
    }

    private void Enqueue(IEnumerable<(int Left, int Right)> pairs)
    {
        foreach (var pair in pairs)
        {
            if (_uses[pair].Count > 1)
            {
                _queue.Enqueue(pair, (-_uses[pair].Count, pair.Left, pair.Right));
            }
        }
    }

    private int[] ByteIds(string word) =>
        [.. System.Text.Encoding.UTF8.GetBytes(word).Select(value => _ids[ByteAlphabet.CharacterOf(value).ToString()])];

    private int IdOf(string token)
    {
        if (!_ids.TryGetValue(token, out var id))
        {
            id = _ids[token] = _tokens.Count;
            _tokens.Add(token);
        }

        return id;
    }

    /// <summary>How often a pair stands, and in which words.</summary>
    private sealed class Use
    {
        public long Count { get; set; }

        public HashSet<int> Words { get; } = [];
    }
}
