using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Tokenizers.Patterns;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>Reads <c>tokenizer.json</c>. A part that is not known here is refused by name: it must never load and give other ids.</summary>
internal static class TokenizerFile
{
    /// <summary>The file's parts.</summary>
    /// <exception cref="DataException">It is missing, broken, or has a part that is not known here.</exception>
    public static TokenizerParts Read(string file)
    {
        var root = JsonPlace.Read(file);
        root.Only("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        foreach (var section in new[] { "truncation", "padding" })
        {
            if (root.Find(section) is { } present)
            {
                throw present.Refuse($"a {section} section");
            }
        }

        if (root.Find("version") is { } version && version.Text() is not "1.0")
        {
            throw version.Refuse($"version '{version.Text()}'");
        }

        var composes = root.Find("normalizer") is { } normalizer && Composes(normalizer);
        var preTokenizer = ReadPreTokenizer(root);
        var decoder = root.Member("decoder");
        Expect(decoder.Member("type"), "decoder", "ByteLevel");
        decoder.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
        PostProcessorSection.Check(root.Find("post_processor"));
        var vocabulary = VocabularySection.Read(root);
        return new TokenizerParts
        {
            Tokens = vocabulary.Tokens,
            Added = vocabulary.Added,
            BytePairs = vocabulary.BytePairs,
            Composes = composes,
            PreTokenizer = preTokenizer,
        };
    }

    /// <summary>Refuses a component of another type than the one expected, as the file and the reference call it.</summary>
    public static void Expect(JsonPlace type, string component, string expected)
    {
        if (type.Text() != expected)
        {
            throw type.Refuse($"{component} {type.Text()}");
        }
    }

    private static bool Composes(JsonPlace normalizer)
    {
        var steps = normalizer.Member("type").Text() is "Sequence"
            ? normalizer.Only("type", "normalizers").Member("normalizers").Items().ToList()
            : [normalizer];
        foreach (var step in steps)
        {
            Expect(step.Member("type"), "normalizer", "NFC");
            step.Only("type");
        }

        return steps.Count > 0;
    }

    private static PreTokenizer ReadPreTokenizer(JsonPlace root)
    {
        var place = root.Member("pre_tokenizer");
        var places = place.Member("type").Text() is "Sequence"
            ? place.Only("type", "pretokenizers").Member("pretokenizers").Items().ToList()
            : [place];
        var stages = places.ConvertAll(ReadStage);
        var last = places.Count == 0 ? null : places[^1].Member("type").Text();
        return last is "ByteLevel" && places.SkipLast(1).All(stage => stage.Member("type").Text() is not "ByteLevel")
            ? new PreTokenizer(stages)
            : throw place.Refuse("pre_tokenizer without ByteLevel as its last part alone");
    }

    private static SplitStage ReadStage(JsonPlace stage)
    {
        var type = stage.Member("type");
        switch (type.Text())
        {
            case "ByteLevel":
                stage.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                var usesPattern = stage.Find("use_regex")?.Flag() ?? true;
                return new SplitStage(usesPattern ? Pattern.Parse(PreTokenizer.ByteLevelPattern) : null, stage.Member("add_prefix_space").Flag());
            case "Digits":
                stage.Only("type", "individual_digits");
                return new SplitStage(Pattern.Parse(stage.Member("individual_digits").Flag() ? @"\p{N}" : @"\p{N}+"));
            case "Split":
                return ReadSplit(stage.Only("type", "pattern", "behavior", "invert"));
            default:
                throw type.Refuse($"pre_tokenizer {type.Text()}");
        }
    }

    private static SplitStage ReadSplit(JsonPlace stage)
    {
        var behavior = stage.Member("behavior");
        if (stage.Member("invert").Flag())
        {
            throw stage.Refuse($"pre_tokenizer Split behavior {behavior.Text()} with invert");
        }

        Expect(behavior, "pre_tokenizer Split behavior", "Isolated");
        var pattern = stage.Member("pattern").Only("Regex", "String");
        try
        {
            return new SplitStage(pattern.Find("Regex") is { } expression
                ? Pattern.Parse(expression.Text())
                : Pattern.Literal(pattern.Member("String").Text()));
        }
        catch (FormatException e)
        {
            throw pattern.Refuse($"pre_tokenizer Split pattern with {e.Message}", e);
        }
    }
}
