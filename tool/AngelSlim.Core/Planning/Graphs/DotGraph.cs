using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Planning.Graphs;

/// <summary>Writes a graph in the language of Graphviz.</summary>
internal static class DotGraph
{
    private const string Beginning = """
        digraph plan {
          rankdir=LR
          node [shape=box style="rounded,filled" fontname="sans-serif"]

        """;

    /// <summary>The text, with a line end.</summary>
    public static string Of(PlanGraph graph)
    {
        var text = new StringBuilder(Beginning);
        foreach (var (place, node) in graph.Nodes.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"  n{place} [label=\"{Escaped(node.Label)}\" {Style(node.Kind)}]\n");
        }

        foreach (var edge in graph.Edges)
        {
            text.Append(CultureInfo.InvariantCulture, $"  n{edge.From} -> n{edge.To}\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string Style(NodeKind kind) => kind switch
    {
        NodeKind.Source => "shape=note style=filled fillcolor=\"#ffffff\" color=\"#9aa0a6\"",
        NodeKind.Have => "fillcolor=\"#d7f0dd\" color=\"#2e7d46\"",
        NodeKind.Run => "fillcolor=\"#ffe3c2\" color=\"#c26401\"",
        _ => "style=\"rounded,filled,dashed\" fillcolor=\"#eceff1\" color=\"#78909c\"",
    };

    /// <summary>A label knows backslash sequences and HTML entities.</summary>
    private static string Escaped(string label)
    {
        var text = new StringBuilder();
        foreach (var rune in label.EnumerateRunes())
        {
            text.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '&' => "&amp;",
                < ' ' or 0x7f => "?",
                _ => rune.ToString(),
            });
        }

        return text.ToString();
    }
}
