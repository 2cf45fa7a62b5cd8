using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed partial class The_problem_codes
{
    private static readonly FieldInfo[] Codes = [.. typeof(ProblemCode).GetFields().OrderBy(Code, StringComparer.Ordinal)];

    [Fact]
    public void Are_each_there_once_and_explained()
    {
        Assert.Equal(Codes.Select(Code).Distinct(), Codes.Select(Code));
        Assert.All(Codes, code =>
        {
            Assert.Matches("^ASL[0-3][0-9]{3}$", Code(code));
            var explained = code.GetCustomAttribute<ExplainedAttribute>();
            Assert.True(explained is { Meaning.Length: > 10, Fix.Length: > 10 }, $"{code.Name} needs [Explained(meaning, fix)]");
        });
    }

    [Fact]
    public void Are_all_in_the_documentation()
    {
        var path = Path.Combine(Golden.Root, "docs", "problems.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") is "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.Equal(File.ReadAllText(path), page);
    }

    /// <summary>A test is marked with the code that it provokes, and its class says the code, or its constant, a second time: in what it expects.</summary>
    [Fact]
    public void Are_each_provoked_by_a_test()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Golden.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText).ToList();
        Assert.All(Codes, code =>
        {
            var marked = sources.Where(source => Marks().Matches(source).Any(mark => mark.Groups[1].Value == code.Name)).ToList();
            Assert.True(marked.Count > 0, $"no test has [Provokes(ProblemCode.{code.Name})]");
            Assert.Contains(marked, source => Regex.IsMatch(Marks().Replace(source, ""), $@"ProblemCode\.{code.Name}\b|{Code(code)}"));
        });
    }

    private static string Page()
    {
        var page = new StringBuilder("# Problems\n\nEvery message has a code, a place where there is one, what was expected and found, and what to do. This page says what the codes mean.\n");
        var series = new Dictionary<char, string> { ['0'] = "The question", ['1'] = "Data from outside", ['2'] = "Results", ['3'] = "The machine and the store" };
        foreach (var group in Codes.GroupBy(code => Code(code)[3]))
        {
            page.Append($"\n## {series[group.Key]}\n\n| code | what it means | what to do |\n|---|---|---|\n");
            foreach (var code in group)
            {
                var explained = code.GetCustomAttribute<ExplainedAttribute>()!;
                page.Append($"| {Code(code)} | {explained.Meaning} | {explained.Fix} |\n");
            }
        }

        return page.ToString();
    }

    private static string Code(FieldInfo field) => (string)field.GetRawConstantValue()!;

    [GeneratedRegex(@"\[Provokes\(ProblemCode\.(\w+)\)\]")]
    private static partial Regex Marks();
}
