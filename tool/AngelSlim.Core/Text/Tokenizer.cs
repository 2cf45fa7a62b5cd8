using System.Runtime.CompilerServices;
using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Tokenizers;
using AngelSlim.Core.Text.Tokenizers.Patterns;

namespace AngelSlim.Core.Text;

/// <summary>A byte-level BPE tokenizer as <c>tokenizer.json</c> describes it, equal to the reference library id for id.</summary>
/// <remarks>Immutable but for a cache of words; may be used from several threads.</remarks>
internal sealed class Tokenizer
{
    private const int CharactersOfToken = 3;

    private readonly TokenizerParts _parts;
    private readonly AddedTokens _raw;
    private readonly AddedTokens _normalized;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly byte[][] _bytes;
    private readonly HashSet<int> _special;
    private readonly HashSet<int> _borders;

    private Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _raw = new AddedTokens(parts.Added.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        _normalized = new AddedTokens(parts.Added.Where(token => token.Normalized).Select(token => (Normalized(token.Content), token)));
        _bytes = [.. parts.Tokens.Select(ByteAlphabet.Read)];
        _borders = [.. parts.Added.Where(token => !token.Normalized).Select(token => token.Id)];
        _special = [.. parts.Added.Where(token => token.Special).Select(token => token.Id)];
        for (var id = 0; id < parts.Tokens.Count; id++)
        {
            _ids[parts.Tokens[id]] = id;
        }

        foreach (var token in parts.Added.Where(token => token.Normalized))
        {
            _bytes[token.Id] = ByteAlphabet.Read(Normalized(token.Content));
        }
    }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize => _bytes.Length;

    /// <summary>Reads a folder's <c>tokenizer.json</c>; without one <c>vocab.json</c> and <c>merges.txt</c>, or Hunyuan-7B's <c>hy.tiktoken</c>.</summary>
    /// <exception cref="DataException">It is missing, broken, or has a part that is not known here; the message has its place.</exception>
    public static Tokenizer Load(string folder) => new(CheckpointFiles.TokenizerOf(name => File.Exists(Path.Combine(folder, name))) switch
    {
        [VocabularyFiles.Vocabulary, _] => VocabularyFiles.Read(folder),
        [TiktokenFile.Name] => TiktokenFile.Read(folder),
        [var file] => TokenizerFile.Read(Path.Combine(folder, file)),
        _ => throw new DataException(
            ProblemCode.BadTokenizer,
            $"no {CheckpointFiles.Tokenizers} in the folder{Others(folder)}. Byte-level BPE is known; take a checkpoint that has it, or convert the tokenizer to {CheckpointFiles.Tokenizer}.",
            new TextPlace(Path.Combine(folder, CheckpointFiles.Tokenizer))),
    });

    /// <summary>The text's tokens, added tokens recognised, without those that the post-processor puts around it.</summary>
    /// <remarks>A lone surrogate counts as U+FFFD; spans stay those of the text given.</remarks>
    public TokenizedText Encode(string text)
    {
        var input = AlignedText.Of(text);
        var output = new Output(text.Length / CharactersOfToken);
        foreach (var part in _raw.Split(input.Text))
        {
            if (part.Token is { } token)
            {
                output.Add(token.Id, new TextSpan(part.Start, part.End));
            }
            else
            {
                EncodePart(new Piece(input, part.Start, part.End), output);
            }
        }

        return new TokenizedText([.. output.Ids], [.. output.Spans]);
    }

    /// <summary>The text of ids. Bytes that are no UTF-8 become U+FFFD; ids without a token (padded rows of a model) give nothing.</summary>
    /// <param name="ids">Any ids.</param>
    /// <param name="skipSpecial">Leave special tokens out.</param>
    public string Decode(IReadOnlyList<int> ids, bool skipSpecial = false)
    {
        using var bytes = new MemoryStream();
        foreach (var id in ids)
        {
            if (!skipSpecial || !IsSpecial(id))
            {
                bytes.Write(BytesOf(id));
            }
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>The id of a token as the vocabulary writes it (<c>Ġthe</c>, <c>&lt;|im_end|&gt;</c>), or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The token as the vocabulary writes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public string TokenOf(int id) => _parts.Tokens[id];

    /// <summary>True for added tokens that are marked special.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>True for tokens that are found in the text as it stands, before words are made: no merge crosses them.</summary>
    public bool IsBorder(int id) => _borders.Contains(id);

    /// <summary>The bytes that a token stands for; none if there is no such id.</summary>
    internal ReadOnlySpan<byte> BytesOf(int id) => (uint)id < (uint)_bytes.Length ? _bytes[id] : [];

    /// <summary>Tokenizers of kinds that are not known, by name.</summary>
    private static string Others(string folder)
    {
        (string Pattern, string Kind)[] kinds = [("*.model", "SentencePiece"), ("vocab.txt", "WordPiece"), ("*.tiktoken", "tiktoken")];
        var found = kinds.SelectMany(kind => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, kind.Pattern).Select(file => $"{Path.GetFileName(file)} ({kind.Kind})") : []).Order(StringComparer.Ordinal).ToList();
        return found.Count is 0 ? "" : $", but {string.Join(", ", found)}, which is not supported";
    }

    private string Normalized(string content)
    {
        var piece = new Piece(new AlignedText(content), 0, content.Length);
        return _parts.Composes ? CanonicalComposition.Instance.Compose(piece).Text : content;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EncodePart(Piece part, Output output)
    {
        if (_parts.Composes && !CanonicalComposition.Instance.IsComposed(part.Characters))
        {
            var composed = CanonicalComposition.Instance.Compose(part);
            part = new Piece(composed, 0, composed.Text.Length);
        }

        foreach (var (start, end, token) in _normalized.Split(part.Characters))
        {
            var piece = new Piece(part.Source, part.Start + start, part.Start + end);
            if (token is not null)
            {
                output.Add(token.Id, piece.Source.Origin(piece.Start, piece.End));
                continue;
            }

            foreach (var word in _parts.PreTokenizer.Split(piece, output.State))
            {
                EncodeWord(word, output);
            }
        }
    }

    private void EncodeWord(Piece word, Output output)
    {
        var tokens = _parts.BytePairs.Encode(word.Characters, output.Merges);
        for (var i = 0; i < tokens.Ids.Length; i++)
        {
            var (start, end) = tokens.Spans[i];
            output.Add(tokens.Ids[i], word.Source.Origin(word.Start + start, word.Start + end));
        }
    }

    /// <param name="expected">About as many tokens.</param>
    private sealed class Output(int expected)
    {
        public List<int> Ids { get; } = new(expected);

        public List<TextSpan> Spans { get; } = new(expected);

        public MatchState State { get; } = new();

        public MergeState Merges { get; } = new();

        public void Add(int id, TextSpan span)
        {
            Ids.Add(id);
            Spans.Add(span);
        }
    }
}
