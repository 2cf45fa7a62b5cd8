using System.Text;
using System.Text.RegularExpressions;

namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>Regular expressions of ECMA-262, as schemas write them, in the framework's words.</summary>
internal static class SchemaPattern
{
    /// <summary>The pattern ready to search with.</summary>
    /// <param name="pattern">As the schema has it.</param>
    /// <param name="longest">Time for one search.</param>
    /// <exception cref="ArgumentException">It is no pattern.</exception>
    public static Regex Compile(string pattern, TimeSpan longest) => new(Translated(pattern), RegexOptions.CultureInvariant, longest);

    /// <summary>
    /// ECMA's <c>\d</c> and <c>\w</c> know ASCII only, its <c>$</c> does not match before a last line end, and its categories may have long names;
    /// all else that is common means the same in both.
    /// </summary>
    private static string Translated(string pattern)
    {
        var text = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var unit = pattern[i];
            if (unit is '\\' && i + 1 < pattern.Length)
            {
                text.Append(Escape(pattern[++i], inClass));
                continue;
            }

            inClass = unit is '[' || (inClass && unit is not ']');
            text.Append(unit is '$' && !inClass ? @"\z" : unit.ToString());
        }

        return text.Replace(@"\p{Letter}", @"\p{L}").Replace(@"\p{Digit}", @"\p{Nd}").ToString();
    }

    private static string Escape(char unit, bool inClass) => (unit, inClass) switch
    {
        ('d', false) => "[0-9]",
        ('d', true) => "0-9",
        ('D', false) => "[^0-9]",
        ('w', false) => "[A-Za-z0-9_]",
        ('w', true) => "A-Za-z0-9_",
        ('W', false) => "[^A-Za-z0-9_]",
        _ => $"\\{unit}",
    };
}
