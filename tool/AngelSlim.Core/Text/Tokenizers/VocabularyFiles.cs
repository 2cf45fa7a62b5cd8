using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Tokenizers.Patterns;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>
/// Reads <c>vocab.json</c> and <c>merges.txt</c>, of a folder without <c>tokenizer.json</c>. How text is cut does not stand in them;
/// the reference knows it by <c>tokenizer_class</c> of <c>tokenizer_config.json</c>, so a class that is not known here is refused.
/// </summary>
internal static class VocabularyFiles
{
    public const string Vocabulary = "vocab.json";

    public const string Merges = "merges.txt";

    private const string Version = "#version";
    private const long LargestMerges = 64 << 20;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The folder's tokenizer.</summary>
    /// <exception cref="DataException">A file is missing or broken, or the class is not known.</exception>
    public static TokenizerParts Read(string folder)
    {
        var config = new TokenizerConfig(folder);
        var (preTokenizer, composes) = Shape(config);
        var ids = VocabularySection.ReadVocabulary(JsonPlace.Read(Path.Combine(folder, Vocabulary)));
        var merges = Path.Combine(folder, Merges);
        var lines = Lines(merges);
        var pairs = VocabularySection.ReadMerges(
            lines.Select(line => line.Text.Split(' ')), ids, (index, what) => Refused(merges, lines[index].Number, what));
        var vocabulary = VocabularySection.Of(ids, new BytePairs(VocabularySection.ByteIds(ids), pairs, null), config.Added());
        config.CheckSpecials(vocabulary.Added);
        return new TokenizerParts
        {
            Tokens = vocabulary.Tokens,
            Added = vocabulary.Added,
            BytePairs = vocabulary.BytePairs,
            Composes = composes,
            PreTokenizer = preTokenizer,
        };
    }

    private static (PreTokenizer PreTokenizer, bool Composes) Shape(TokenizerConfig config)
    {
        var addsSpace = config.Flag("add_prefix_space");
        return config.Class switch
        {
            "Qwen2Tokenizer" or "Qwen2TokenizerFast" when !addsSpace =>
                (new PreTokenizer([new SplitStage(Pattern.Parse(PreTokenizer.QwenPattern)), new SplitStage(null)]), true),
            "GPT2Tokenizer" or "GPT2TokenizerFast" =>
                (new PreTokenizer([new SplitStage(Pattern.Parse(PreTokenizer.ByteLevelPattern), addsSpace)]), false),
            var other => throw config.Refuse($"tokenizer_class {other}{(addsSpace ? " with add_prefix_space" : "")} without a tokenizer.json"),
        };
    }

    private static List<(int Number, string Text)> Lines(string file)
    {
        try
        {
            if (new FileInfo(file).Length > LargestMerges)
            {
                throw Refused(file, 1, $"more than {LargestMerges} bytes");
            }

            return
            [
                .. File.ReadAllText(file, StrictUtf8).Split('\n').Select((line, index) => (index + 1, line.TrimEnd('\r')))
                    .Where(line => line.Item2.Length > 0 && !(line.Item1 is 1 && line.Item2.StartsWith(Version, StringComparison.Ordinal))),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw Refused(file, 1, $"it cannot be read: {e.Message}", e);
        }
    }

    private static DataException Refused(string file, int line, string what, Exception? inner = null) =>
        new(ProblemCode.BadTokenizer, $"{what}. Two tokens of {Vocabulary} with a space between are expected on each line; copy the file again.", new TextPlace(file, line), inner);
}
