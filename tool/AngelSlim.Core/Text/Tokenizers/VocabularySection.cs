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
        var vocabulary = model.Member("vocab");
        var ids = ReadVocabulary(vocabulary);
        CheckOrder(ids, vocabulary);
        var bytes = Enumerable.Range(0, 256)
            .Select(value => ids.TryGetValue(ByteAlphabet.CharacterOf((byte)value).ToString(), out var id) ? id : (int?)null)
            .ToArray();
        var whole = model.Find("ignore_merges")?.Flag() ?? false ? ids : null;
        var pairs = new BytePairs(bytes, ReadMerges(model.Member("merges"), ids), whole);

        var added = root.Find("added_tokens")?.Items().ToList() ?? [];
        var all = new Dictionary<string, int>(ids, StringComparer.Ordinal);
        var tokens = ReadAdded(added, all, ids.Count);
        return new VocabularySection([.. all.OrderBy(entry => entry.Value).Select(entry => entry.Key)], tokens, pairs);
    }

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

    private static Dictionary<string, int> ReadVocabulary(JsonPlace vocabulary)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in vocabulary.Members())
        {
            ids.Add(token, id.Count());
        }

        return ids;
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

    private static Dictionary<(int Left, int Right), Merge> ReadMerges(JsonPlace merges, Dictionary<string, int> ids)
    {
        var ranks = new Dictionary<(int Left, int Right), Merge>();
        var rank = 0;
        foreach (var merge in merges.Items())
        {
            var sides = merge.IsArray ? [.. merge.Items().Select(side => side.Text())] : merge.Text().Split(' ');
            if (sides is not [var left, var right])
            {
                throw merge.Refuse("a merge that is not of two tokens");
            }

            // Written twice, the later one counts, as in the reference.
            ranks[(IdOf(left), IdOf(right))] = new Merge(rank++, IdOf(left + right));

            int IdOf(string token) => ids.TryGetValue(token, out var id) ? id : throw merge.Refuse($"the merge's token '{token}' is not in the vocabulary");
        }

        return ranks;
    }

    private static List<AddedToken> ReadAdded(List<JsonPlace> places, Dictionary<string, int> all, int vocabulary)
    {
        var added = new List<AddedToken>();
        var contents = new HashSet<string>(StringComparer.Ordinal);
        var next = vocabulary;
        foreach (var place in places)
        {
            var token = ReadToken(place);
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

    private static AddedToken ReadToken(JsonPlace place)
    {
        place.Only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        return new AddedToken(place.Member("id").Count(), place.Member("content").Text())
        {
            Special = place.Member("special").Flag(),
            Normalized = place.Member("normalized").Flag(),
            SwallowsBefore = place.Member("lstrip").Flag(),
            SwallowsAfter = place.Member("rstrip").Flag(),
            SingleWord = place.Member("single_word").Flag(),
        };
    }
}
