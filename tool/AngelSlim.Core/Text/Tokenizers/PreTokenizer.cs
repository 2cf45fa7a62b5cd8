using System.Runtime.CompilerServices;
using AngelSlim.Core.Text.Tokenizers.Patterns;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>One step of cutting a text into words.</summary>
/// <param name="Pattern">Matches and what lies between become words; null leaves the text in one.</param>
/// <param name="AddsSpace">Each part that does not begin with a space gets one.</param>
internal sealed record SplitStage(Pattern? Pattern, bool AddsSpace = false);

/// <summary>Cuts normalised text into the words that byte pairs are merged within.</summary>
/// <param name="stages">In order; the last is <c>ByteLevel</c>, whose bytes are made where words are encoded.</param>
internal sealed class PreTokenizer(IReadOnlyList<SplitStage> stages)
{
    /// <summary>The expression of <c>ByteLevel</c> with <c>use_regex</c> (GPT-2).</summary>
    public const string ByteLevelPattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The words of Qwen2 and Qwen3, and of Hunyuan-7B.</summary>
    public const string QwenPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const int CharactersOfWord = 4;

    private readonly SplitStage[] _stages = [.. stages.Where(stage => stage.Pattern is not null || stage.AddsSpace)];

    /// <summary>The words in order, none empty.</summary>
    /// <param name="piece">Text between added tokens; not empty.</param>
    /// <param name="state">Scratch of the calling thread.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public List<Piece> Split(Piece piece, MatchState state)
    {
        var words = new List<Piece> { piece };
        var parts = new List<TextSpan>(piece.Characters.Length / CharactersOfWord);
        foreach (var stage in _stages)
        {
            var before = words;
            words = new List<Piece>(before.Count + (piece.Characters.Length / CharactersOfWord));
            foreach (var word in before)
            {
                var spaced = stage.AddsSpace ? WithSpace(word) : word;
                if (stage.Pattern is null)
                {
                    words.Add(spaced);
                    continue;
                }

                parts.Clear();
                stage.Pattern.Split(spaced.Characters, state, parts);
                foreach (var part in parts)
                {
                    words.Add(new Piece(spaced.Source, spaced.Start + part.Start, spaced.Start + part.End));
                }
            }
        }

        return words;
    }

    private static Piece WithSpace(Piece word)
    {
        if (word.Characters[0] == ' ')
        {
            return word;
        }

        var text = word.Source.WithSpaceBefore(word.Start, word.End);
        return new Piece(text, 0, text.Text.Length);
    }
}
