using System.Text;

namespace AngelSlim.Cli.Completion;

/// <summary>A command line up to the cursor, in the words that a shell makes of it.</summary>
/// <param name="Words">After the command itself, those that are finished.</param>
/// <param name="Current">The one at the cursor; empty when the cursor stands behind a space.</param>
internal sealed record TypedLine(IReadOnlyList<string> Words, string Current)
{
    /// <summary>Splits a line. Null when it is not one of this tool, <c>dotnet angelslim …</c> or <c>dotnet-angelslim …</c>.</summary>
    public static TypedLine? Of(string line)
    {
        var words = Split(line);
        var own = words switch
        {
            ["dotnet", "angelslim", _, ..] => 2,
            ["dotnet", "tool", "run", "angelslim" or "dotnet-angelslim", _, ..] => 4,
            [var command, _, ..] when Path.GetFileNameWithoutExtension(command) is "dotnet-angelslim" => 1,
            _ => 0,
        };
        return own is 0 ? null : new(words[own..^1], words[^1]);
    }

    /// <summary>The rules that the shells share: spaces part, quotes and backslashes keep together. The last word may be empty.</summary>
    private static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var letter = line[i];
            if (letter is '\\' && quote is not '\'' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
            }
            else if (quote is not '\0' ? letter == quote : letter is '\'' or '"')
            {
                quote = quote is '\0' ? letter : '\0';
            }
            else if (letter is ' ' or '\t' && quote is '\0')
            {
                Finish(words, word);
            }
            else
            {
                word.Append(letter);
            }
        }

        words.Add(word.ToString());
        return words;
    }

    private static void Finish(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
