namespace AngelSlim.Core.Text;

/// <summary>A stretch of a text, in UTF-16 units: characters <c>[Start, End)</c> of the C# string.</summary>
internal readonly record struct TextSpan(int Start, int End);

/// <summary>A text as token ids, and where in the text each of them lies.</summary>
/// <param name="Ids">Token ids in reading order.</param>
/// <param name="Spans">
/// One span a token, untrimmed: a token that begins with a space has the space in its span. Loss masks are made of these.
/// Every byte token of a character has the whole character's span; tokens that no text stands behind have (0, 0).
/// </param>
internal sealed record TokenizedText(int[] Ids, TextSpan[] Spans);
