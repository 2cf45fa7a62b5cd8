using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Planning.Graphs;

/// <summary>Writes a graph as a Mermaid flowchart, which GitHub and editors draw.</summary>
internal static class MermaidGraph
{
    private const string Styles = """
          classDef source fill:#ffffff,stroke:#9aa0a6,color:#202124
          classDef have fill:#d7f0dd,stroke:#2e7d46,color:#12351e
          classDef run fill:#ffe3c2,stroke:#c26401,color:#4a2700
          classDef waits fill:#eceff1,stroke:#78909c,color:#263238,stroke-dasharray:4 3
        """;

    /// <summary>The text, with a line end.</summary>
    public static string Of(PlanGraph graph)
    {
        var text = new StringBuilder("flowchart LR\n");
        foreach (var (place, node) in graph.Nodes.Index())
        {
            var (open, close) = node.Kind is NodeKind.Source ? ("([", "])") : ("[", "]");
            text.Append(CultureInfo.InvariantCulture, $"  n{place}{open}\"{Escaped(node.Label)}\"{close}:::{node.Kind.ToString().ToLowerInvariant()}\n");
        }

        foreach (var edge in graph.Edges)
        {
            text.Append(CultureInfo.InvariantCulture, $"  n{edge.From} --> n{edge.To}\n");
        }

        return text.Append(Styles).Append('\n').ToString();
    }

    /// <summary>Within quotes Mermaid reads quotes, markdown, HTML and its own <c>#35;</c>: all but plain characters are written as numbers.</summary>
    private static string Escaped(string label)
    {
        var text = new StringBuilder();
        foreach (var rune in label.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is ' ' or '-' or '.' or '/' or '=' or '@' or ',')
            {
                text.Append(rune.ToString());
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"#{rune.Value};");
            }
        }

        return text.ToString();
    }
}
