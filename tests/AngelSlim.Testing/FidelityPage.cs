using System.Globalization;
using System.Text;
using Xunit;

namespace AngelSlim.Testing;

/// <summary>How near we came to a reference implementation in one comparison.</summary>
/// <param name="Subject">What is compared: a family, a loss, a decoder.</param>
/// <param name="Case">The folder or the name of the golden data.</param>
/// <param name="What">Which numbers.</param>
/// <param name="Absolute">The largest difference.</param>
/// <param name="Relative">That difference, as a share of the largest number of the reference's tensor; the largest of all tensors.</param>
/// <param name="Allowed">What the test allows, in words.</param>
public sealed record FidelityRow(string Subject, string Case, string What, double Absolute, double Relative, string Allowed);

/// <summary>
/// <c>docs/fidelity.md</c>: one section an area, each written by the test that measures. A test of another area adds its
/// section by calling <see cref="Matches"/> with a title of its own.
/// </summary>
public static class FidelityPage
{
    private const string Heading = "## ";

    // Test classes run side by side, and each writes its own section into the one page.
    private static readonly Lock Writing = new();

    private const string Head = """
        # Fidelity

        How near the numbers come to those of the reference implementations. The tests write this page from what they measure (`UPDATE_GOLDENS=1 dotnet test`), section by section, and fail where a difference is more than is allowed; so what stands here passed. A run without the variable measures again and compares everything but the two measured columns, which differ from processor to processor.

        *absolute* is the largest difference of any number; *relative* is the largest difference as a share of the largest number of its tensor.

        """;

    /// <summary>Compares a section with what was measured; UPDATE_GOLDENS=1 writes it, and leaves the others alone.</summary>
    /// <param name="title">Of the section; no two areas share one.</param>
    /// <param name="introduction">What the reference is, and what the cases are.</param>
    /// <param name="rows">What was measured, each of which the caller has found to be allowed.</param>
    public static void Matches(string title, string introduction, IReadOnlyList<FidelityRow> rows)
    {
        Assert.NotEmpty(rows);
        var path = Path.Combine(Golden.Root, "docs", "fidelity.md");
        SortedDictionary<string, string> sections;
        lock (Writing)
        {
            sections = Sections(path);
            if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") is "1")
            {
                sections[title] = Text(introduction, rows);
                File.WriteAllText(path, Head.ReplaceLineEndings("\n") + string.Concat(sections.Select(section => $"\n{Heading}{section.Key}\n\n{section.Value}")));
            }
        }

        Assert.True(sections.ContainsKey(title), $"{path} has no section '{title}'; run once with UPDATE_GOLDENS=1 and read it.");
        Assert.Equal(WithoutMeasured(Text(introduction, rows)), WithoutMeasured(sections[title]));
    }

    private static SortedDictionary<string, string> Sections(string path)
    {
        var sections = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var parts = File.Exists(path) ? File.ReadAllText(path).Split($"\n{Heading}") : [];
        foreach (var part in parts.Skip(1))
        {
            var end = part.IndexOf('\n', StringComparison.Ordinal);
            sections[part[..end]] = part[(end + 1)..].Trim('\n') + "\n";
        }

        return sections;
    }

    private static string Text(string introduction, IReadOnlyList<FidelityRow> rows)
    {
        var text = new StringBuilder($"{introduction}\n\n| | case | what | absolute | relative | allowed | |\n|---|---|---|---|---|---|---|\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Subject} | {row.Case} | {row.What} | {row.Absolute:0.0e-00} | {row.Relative:0.0e-00} | {row.Allowed} | pass |\n");
        }

        return text.ToString();
    }

    private static string WithoutMeasured(string section) => string.Join('\n', section.Split('\n').Select(line =>
        line.Split(" | ") is { Length: 7 } cells ? string.Join(" | ", [.. cells[..3], .. cells[5..]]) : line));
}
