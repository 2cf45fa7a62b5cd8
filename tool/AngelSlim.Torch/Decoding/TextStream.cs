using System.Text;
using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Decoding;

/// <summary>How tokens become text, and which strings end it.</summary>
/// <param name="Tokenizer">The target's.</param>
/// <param name="Stops">A text ends before the first of these that is whole, wherever tokens begin and end; none is empty.</param>
internal sealed record TextRules(Tokenizer Tokenizer, IReadOnlyList<string> Stops);

/// <summary>A text that is handed over as it becomes stable: no half character, nothing that may turn out to be a stop string.</summary>
/// <remarks>Special tokens are no text, as servers have it. Bytes that are no UTF-8 become U+FFFD.</remarks>
/// <param name="rules">How it is made.</param>
/// <param name="receive">Gets each piece, never empty; together they are <see cref="Text"/>.</param>
internal sealed class TextStream(TextRules rules, Action<string>? receive = null)
{
    private readonly System.Text.Decoder _characters = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();
    private string _held = "";

    /// <summary>What was handed over.</summary>
    public string Text => _text.ToString();

    /// <summary>The string that ended the text; it is not part of it. Null if none did.</summary>
    public string? Stop { get; private set; }

    /// <summary>Takes the next token.</summary>
    /// <returns>Whether a stop string ends the text here.</returns>
    /// <exception cref="InvalidOperationException">The text has ended.</exception>
    public bool Take(long token)
    {
        if (Stop is not null)
        {
            throw new InvalidOperationException($"The text has ended before '{Stop}'.");
        }

        if (!rules.Tokenizer.IsSpecial((int)token))
        {
            Add(rules.Tokenizer.BytesOf((int)token), flush: false);
        }

        return Stop is not null;
    }

    /// <summary>No token follows: what was held back is text after all.</summary>
    public void End()
    {
        if (Stop is null)
        {
            Add([], flush: true);
            HandOver(_held.Length);
        }
    }

    private void Add(ReadOnlySpan<byte> bytes, bool flush)
    {
        var characters = new char[_characters.GetCharCount(bytes, flush)];
        _held += new string(characters, 0, _characters.GetChars(bytes, characters, flush));
        var found = rules.Stops.Select(stop => (Stop: stop, At: _held.IndexOf(stop, StringComparison.Ordinal))).Where(found => found.At >= 0).ToList();
        if (found.Count > 0)
        {
            // The first that is whole: so the text does not depend on where tokens begin and end.
            var (stop, at) = found.OrderBy(found => found.At + found.Stop.Length).ThenBy(found => found.At).First();
            HandOver(at);
            (Stop, _held) = (stop, "");
            return;
        }

        HandOver(_held.Length - rules.Stops.Select(Begun).DefaultIfEmpty().Max());
    }

    /// <summary>How much of a stop string the held text ends in.</summary>
    private int Begun(string stop) =>
        Enumerable.Range(1, Math.Min(stop.Length - 1, _held.Length)).LastOrDefault(length => _held.EndsWith(stop[..length], StringComparison.Ordinal));

    private void HandOver(int length)
    {
        if (length > 0)
        {
            var piece = _held[..length];
            _held = _held[length..];
            _ = _text.Append(piece);
            receive?.Invoke(piece);
        }
    }
}
