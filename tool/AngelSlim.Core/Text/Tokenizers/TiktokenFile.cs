using System.Globalization;
using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Tokenizers.Patterns;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>
/// Reads <c>hy.tiktoken</c> of Hunyuan-7B: a token's bytes in base64 and its rank on each line. Pattern, form C and special tokens are those of
/// the checkpoint's own <c>HYTokenizer</c>; other tiktoken files look the same and mean something else, so they are refused.
/// </summary>
/// <remarks>
/// A tiktoken file has no merges: any two neighbours that are a token together merge, the lowest rank first. So every way to cut
/// a token in two is a merge of its rank, and a word that is a token stays whole.
/// </remarks>
internal static class TiktokenFile
{
    public const string Name = "hy.tiktoken";

    private const string Class = "HYTokenizer";
    private const int Extras = 205;
    private const long Largest = 64 << 20;
    private const int LongestToken = 1000;

    /// <summary>The folder's tokenizer.</summary>
    /// <exception cref="DataException">A file is missing or broken, or belongs to another class.</exception>
    public static TokenizerParts Read(string folder)
    {
        var config = new TokenizerConfig(folder);
        if (config.Class is not Class)
        {
            throw config.Refuse($"tokenizer_class {config.Class} with {Name}; {Class} expected");
        }

        var file = Path.Combine(folder, Name);
        var ids = ReadRanks(file);
        AddedToken[] specials = [.. Specials().Select((content, index) => new AddedToken(ids.Count + index, content) { Special = true })];
        CheckAdded(config, specials);
        return new TokenizerParts
        {
            Tokens = [.. ids.OrderBy(entry => entry.Value).Select(entry => entry.Key), .. specials.Select(token => token.Content)],
            Added = specials,
            BytePairs = new BytePairs(VocabularySection.ByteIds(ids), Merges(ids), ids),
            Composes = true,
            PreTokenizer = new PreTokenizer([new SplitStage(Pattern.Parse(PreTokenizer.QwenPattern))]),
        };
    }

    private static IEnumerable<string> Specials() =>
        ["<|endoftext|>", "<|startoftext|>", "<|bos|>", "<|eos|>", "<|pad|>", .. Enumerable.Range(0, Extras).Select(number => string.Create(CultureInfo.InvariantCulture, $"<|extra_{number}|>"))];

    /// <summary>The config may list the special tokens as well; then it must say the same.</summary>
    private static void CheckAdded(TokenizerConfig config, AddedToken[] specials)
    {
        foreach (var (place, token) in config.AddedIfAny())
        {
            if (Array.Find(specials, special => special.Id == token.Id) is not { } special || special.Content != token.Content)
            {
                throw place.Refuse($"the added token '{token.Content}' with the id {token.Id} is none of {Class}");
            }
        }

        config.CheckSpecials(specials);
    }

    private static Dictionary<string, int> ReadRanks(string file)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, line) in Lines(file).Index())
        {
            var bytes = new byte[LongestToken];
            if (line.Split(' ') is not [var token, var rank] || !Convert.TryFromBase64String(token, bytes, out var length) || length is 0)
            {
                throw Refused(file, index, "a token of 1 to 1000 bytes in base64 and its rank expected");
            }

            if (!int.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number != index)
            {
                throw Refused(file, index, $"the rank {index} expected, '{(rank.Length > 20 ? rank[..20] : rank)}' found: ranks follow one another from 0");
            }

            if (!ids.TryAdd(ByteAlphabet.Write(bytes.AsSpan(0, length)), index))
            {
                throw Refused(file, index, "a token that is there twice");
            }
        }

        return VocabularySection.ByteIds(ids).All(id => id >= 0) ? ids : throw Refused(file, 0, "a token for each of the 256 bytes expected, some are missing");
    }

    private static IEnumerable<string> Lines(string file)
    {
        try
        {
            return new FileInfo(file).Length <= Largest
                ? File.ReadAllText(file, Encoding.Latin1).Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)
                : throw Refused(file, 0, $"at most {Largest} bytes expected");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(file, 0, $"it cannot be read: {e.Message}", e);
        }
    }

    private static MergeTable Merges(Dictionary<string, int> ids)
    {
        var merges = new MergeTable();
        var known = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (token, id) in ids)
        {
            for (var cut = 1; cut < token.Length; cut++)
            {
                if (known.TryGetValue(token.AsSpan(0, cut), out var left) && known.TryGetValue(token.AsSpan(cut), out var right))
                {
                    merges.Set(left, right, new Merge(id, id));
                }
            }
        }

        return merges;
    }

    private static DataException Refused(string file, int index, string what, Exception? inner = null) =>
        new(ProblemCode.BadTokenizer, $"{what}. Copy the file again.", new TextPlace(file, index + 1), inner);
}
