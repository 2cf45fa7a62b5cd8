using System.Globalization;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>What <c>tokenizer_config.json</c> says about a tokenizer that has no <c>tokenizer.json</c>.</summary>
internal sealed class TokenizerConfig
{
    private readonly JsonPlace _root;

    /// <summary>Reads it.</summary>
    /// <exception cref="DataException">It is missing or broken, or asks for what is not known here.</exception>
    public TokenizerConfig(string folder)
    {
        _root = JsonPlace.Read(Path.Combine(folder, "tokenizer_config.json"));
        Class = _root.Member("tokenizer_class").Text();
        foreach (var name in new[] { "extra_vocab_file", "extra_special_tokens" })
        {
            if (_root.Find(name) is { IsEmpty: false } present)
            {
                throw present.Refuse($"{name} without a tokenizer.json");
            }
        }

        if (Flag("split_special_tokens"))
        {
            throw _root.Member("split_special_tokens").Refuse("split_special_tokens");
        }
    }

    /// <summary>The class of the reference that makes the tokenizer.</summary>
    public string Class { get; }

    /// <summary>A member that is false where it is missing.</summary>
    public bool Flag(string name) => _root.Find(name)?.Flag() ?? false;

    /// <summary>The error to throw about this file.</summary>
    public DataException Refuse(string what) => _root.Refuse(what);

    /// <summary>Tokens that are found in the text itself, by their ids, each with its place.</summary>
    public IEnumerable<(JsonPlace Place, AddedToken Token)> Added() => Entries(_root.Member("added_tokens_decoder")).OrderBy(entry => entry.Token.Id);

    /// <summary>The same; none where the file lists none.</summary>
    public IEnumerable<(JsonPlace Place, AddedToken Token)> AddedIfAny() => _root.Find("added_tokens_decoder") is { } decoder ? Entries(decoder) : [];

    /// <summary>Refuses a special token that is not among the added ones: the reference would add it, under an id of its own.</summary>
    public void CheckSpecials(IEnumerable<AddedToken> added)
    {
        var known = added.Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        var named = _root.Members().Where(member => member.Name.EndsWith("_token", StringComparison.Ordinal) && member.Value.IsTextOrObject).Select(member => member.Value)
            .Concat(_root.Find("additional_special_tokens")?.Items() ?? []);
        foreach (var place in named)
        {
            var content = place.IsObject ? place.Member("content").Text() : place.Text();
            if (!known.Contains(content))
            {
                throw place.Refuse($"the special token '{content}' is not in added_tokens_decoder");
            }
        }
    }

    private static IEnumerable<(JsonPlace Place, AddedToken Token)> Entries(JsonPlace decoder)
    {
        foreach (var (key, place) in decoder.Members())
        {
            var id = int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw place.Refuse($"'{key}' is not an id");
            yield return (place.Only("content", "single_word", "lstrip", "rstrip", "normalized", "special"), VocabularySection.ReadFlags(place, id));
        }
    }
}
