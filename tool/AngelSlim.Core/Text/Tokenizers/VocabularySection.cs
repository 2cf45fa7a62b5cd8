using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>Reads <c>model</c> and <c>added_tokens</c> of <c>tokenizer.json</c>.</summary>
internal sealed record VocabularySection(IReadOnlyList<string> Tokens, IReadOnlyList<AddedToken> Added, BytePairs BytePairs)
{
    private const int LongestAdded = 1000;

    /// <summary>Tokens, added tokens and merges, checked against each other.</summary>
    public static VocabularySection Read(JsonPlace root)
    {
        var model = root.Member("model");
        CheckSettings(model);
        var ids = ReadVocabulary(model.Member("vocab"));
        var merges = model.Member("merges");
        var pairs = ReadMerges(merges.Items().Select(Sides), ids, (index, what) => merges.Items().ElementAt(index).Refuse(what));
        var ignoresMerges = model.Find("ignore_merges")?.Flag() ?? false;
        return Of(ids, new BytePairs(ByteIds(ids), pairs, ignoresMerges ? ids : null), root.Find("added_tokens")?.Items().Select(ReadToken) ?? []);
    }

    /// <summary>A vocabulary with its added tokens.</summary>
    /// <param name="ids">Of the tokens that are made by merging, as <see cref="ReadVocabulary"/> gives them.</param>
    /// <param name="pairs">What merges them.</param>
    /// <param name="added">Added tokens in the order in which the reference numbers them, each with its place.</param>
    public static VocabularySection Of(Dictionary<string, int> ids, BytePairs pairs, IEnumerable<(JsonPlace Place, AddedToken Token)> added)
    {
        var all = new Dictionary<string, int>(ids, StringComparer.Ordinal);
        var tokens = Checked(added, all, ids.Count);
        return new VocabularySection([.. all.OrderBy(entry => entry.Value).Select(entry => entry.Key)], tokens, pairs);
    }

    /// <summary>The token of each of the 256 bytes; -1 where there is none.</summary>
    public static int[] ByteIds(Dictionary<string, int> ids) =>
    [
        .. Enumerable.Range(0, 256).Select(value => ids.GetValueOrDefault(ByteAlphabet.CharacterOf((byte)value).ToString(), -1)),
    ];

    /// <summary>Tokens and their ids, which follow one another from 0.</summary>
    public static Dictionary<string, int> ReadVocabulary(JsonPlace vocabulary)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in vocabulary.Members())
        {
            ids.Add(token, id.Count());
        }

        CheckOrder(ids, vocabulary);
        return ids;
    }

    /// <summary>What pairs of tokens become; the earlier in the list, the earlier.</summary>
    /// <param name="merges">The two tokens of each.</param>
    /// <param name="ids">The vocabulary.</param>
    /// <param name="refuse">The error for a merge, by its index.</param>
    public static MergeTable ReadMerges(
        IEnumerable<string[]> merges, Dictionary<string, int> ids, Func<int, string, DataException> refuse)
    {
        var table = new MergeTable();
        foreach (var (rank, sides) in merges.Index())
        {
            if (sides is not [var left, var right])
            {
                throw refuse(rank, "a merge that is not of two tokens");
            }

            // Written twice, the later one counts, as in the reference.
            table.Set(IdOf(left), IdOf(right), new Merge(rank, IdOf(left + right)));

            int IdOf(string token) => ids.TryGetValue(token, out var id) ? id : throw refuse(rank, $"the merge's token '{token}' is not in the vocabulary");
        }

        return table;
    }

    /// <summary>The members of an added token but its id, which stands elsewhere in some files.</summary>
    public static AddedToken ReadFlags(JsonPlace place, int id) => new(id, place.Member("content").Text())
    {
        Special = place.Member("special").Flag(),
        Normalized = place.Member("normalized").Flag(),
        SwallowsBefore = place.Member("lstrip").Flag(),
        SwallowsAfter = place.Member("rstrip").Flag(),
        SingleWord = place.Member("single_word").Flag(),
    };

    private static void CheckSettings(JsonPlace model)
    {
        if (model.Find("type") is { } type)
        {
            TokenizerFile.Expect(type, "model", "BPE");
        }

        model.Only(
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        foreach (var name in new[] { "dropout", "unk_token" })
        {
            if (model.Find(name) is { } present)
            {
                throw present.Refuse($"model BPE with {name}");
            }
        }

        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.Find(name) is { } present && present.Text().Length > 0)
            {
                throw present.Refuse($"model BPE with {name}");
            }
        }

        foreach (var name in new[] { "fuse_unk", "byte_fallback" })
        {
            if (model.Find(name) is { } present && present.Flag())
            {
                throw present.Refuse($"model BPE with {name}");
            }
        }
    }

    /// <summary>Refuses ids twice and gaps: the reference would number added tokens otherwise than the file.</summary>
    private static void CheckOrder(Dictionary<string, int> ids, JsonPlace place)
    {
        var tokens = new string?[ids.Count];
        foreach (var (token, id) in ids)
        {
            if (id >= tokens.Length)
            {
                throw place.Refuse($"the token '{token}' has the id {id}, but there are {tokens.Length} tokens: ids must follow one another from 0");
            }

            if (tokens[id] is { } other)
            {
                throw place.Refuse($"the tokens '{other}' and '{token}' have both the id {id}");
            }

            tokens[id] = token;
        }
    }

    private static string[] Sides(JsonPlace merge) => merge.IsArray ? [.. merge.Items().Select(side => side.Text())] : merge.Text().Split(' ');

    private static List<AddedToken> Checked(IEnumerable<(JsonPlace Place, AddedToken Token)> tokens, Dictionary<string, int> all, int vocabulary)
    {
        var added = new List<AddedToken>();
        var contents = new HashSet<string>(StringComparer.Ordinal);
        var next = vocabulary;
        foreach (var (place, token) in tokens)
        {
            if (token.Content.Length is 0 or > LongestAdded || !contents.Add(token.Content))
            {
                throw place.Refuse($"an added token that is empty, longer than {LongestAdded} or there twice");
            }

            // The reference keeps the id of a token of the vocabulary and numbers others itself, whatever the file says.
            var expected = all.TryGetValue(token.Content, out var known) ? known : next++;
            if (token.Id != expected)
            {
                throw place.Refuse($"the added token '{token.Content}' has the id {token.Id}, expected {expected}");
            }

            all[token.Content] = token.Id;
            added.Add(token);
        }

        return added;
    }

    private static (JsonPlace Place, AddedToken Token) ReadToken(JsonPlace place) => (
        place.Only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"),
        ReadFlags(place, place.Member("id").Count()));
}
