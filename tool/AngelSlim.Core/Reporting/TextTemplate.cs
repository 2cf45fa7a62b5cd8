using System.Globalization;
using System.Text;
using Scriban;
using Scriban.Runtime;

namespace AngelSlim.Core.Reporting;

/// <summary>A Scriban template that comes with the tool: reports, model cards, launch files.</summary>
/// <remarks>Three filters beside Scriban's own: <c>md</c> makes text from data harmless in Markdown, <c>fixed n</c> and <c>percent</c> write numbers the same in every culture.</remarks>
internal static class TextTemplate
{
    /// <summary>Fills an embedded template.</summary>
    /// <param name="name">Resource name: <c>report/report.md.scriban</c>.</param>
    /// <param name="values">What the template may name; keys in snake case.</param>
    /// <param name="owner">A type of the assembly that carries the template; this one's when left out.</param>
    public static string Fill(string name, IReadOnlyDictionary<string, object?> values, Type? owner = null)
    {
        var assembly = (owner ?? typeof(TextTemplate)).Assembly;
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no template {name}.");
        using var reader = new StreamReader(stream);
        var template = Template.Parse(reader.ReadToEnd(), name);
        if (template.HasErrors)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, template.Messages));
        }

        var globals = new ScriptObject();
        foreach (var (key, value) in values)
        {
            globals.Add(key, value);
        }

        globals.Import("md", new Func<string, string>(Markdown));
        globals.Import("fixed", new Func<double, int, string>((value, digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture)));
        globals.Import("percent", new Func<double, string>(value => (100 * value).ToString("F1", CultureInfo.InvariantCulture) + " %"));
        var context = new TemplateContext { StrictVariables = true, NewLine = "\n" };
        context.PushCulture(CultureInfo.InvariantCulture);
        context.PushGlobal(globals);
        return template.Render(context);
    }

    /// <summary>Text from data in one line of Markdown: no markup, no table cell, no line end of its own.</summary>
    public static string Markdown(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            _ = c switch
            {
                '\r' or '\n' => escaped.Append(' '),
                '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '|' or '#' or '!' or '&' => escaped.Append('\\').Append(c),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
