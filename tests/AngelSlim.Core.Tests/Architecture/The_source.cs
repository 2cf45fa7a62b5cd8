using System.Text.RegularExpressions;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Architecture;

/// <summary>What a reader may rely on without reading everything.</summary>
public sealed partial class The_source
{
    private const int LongestFile = 300;
    private const int LongestFunction = 40;

    /// <summary>Folder of a project to the folders of the same project that it may use. Everything may use what stands in the project below.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["AngelSlim.Core.Manifests"] = [],
        ["AngelSlim.Core.Artifacts"] = ["Manifests"],
        ["AngelSlim.Core.Statistics"] = [],
        ["AngelSlim.Core.Baselines"] = ["Manifests", "Artifacts", "Statistics"],
        ["AngelSlim.Core.Reporting"] = ["Manifests", "Artifacts"],
        ["AngelSlim.Core.Text"] = ["Manifests", "Artifacts"],
        ["AngelSlim.Core.Web"] = ["Manifests"],
        ["AngelSlim.Core.Stages"] = ["Manifests", "Artifacts", "Text", "Reporting", "Statistics", "Web"],
        ["AngelSlim.Core.Planning"] = ["Manifests", "Artifacts", "Stages"],
        ["AngelSlim.Core.Running"] = ["Manifests", "Artifacts", "Reporting", "Stages", "Planning"],
        ["AngelSlim.Core.Hub"] = ["Manifests", "Artifacts", "Stages", "Running", "Web"],
        ["AngelSlim.Core.Upkeep"] = ["Manifests", "Artifacts", "Running", "Stages"],
        ["AngelSlim.Core.Sharing"] = ["Manifests", "Artifacts", "Running", "Stages", "Planning", "Upkeep"],
        ["AngelSlim.Torch.Tensors"] = [],
        ["AngelSlim.Torch.Layers"] = ["Tensors"],
        ["AngelSlim.Torch.Targets"] = ["Layers", "Tensors"],
        ["AngelSlim.Torch.Drafts"] = ["Targets", "Layers", "Tensors"],
        ["AngelSlim.Torch.Inputs"] = ["Drafts", "Targets", "Layers", "Tensors"],
        ["AngelSlim.Torch.Objectives"] = ["Inputs", "Drafts", "Targets", "Layers", "Tensors"],
        ["AngelSlim.Torch.Training"] = ["Objectives", "Inputs", "Drafts", "Targets", "Layers", "Tensors"],
        ["AngelSlim.Torch.Pretraining"] = ["Training", "Targets", "Layers", "Tensors"],
        ["AngelSlim.Torch.Decoding"] = ["Inputs", "Drafts", "Targets", "Layers", "Tensors"],
        ["AngelSlim.Torch.Stages"] = ["Training", "Pretraining", "Decoding", "Objectives", "Inputs", "Drafts", "Targets", "Layers", "Tensors"],
    };

    [Fact]
    public void Depends_in_one_direction_only()
    {
        var wrong = from file in SourceFiles()
                    let own = Folder(NamespaceLine().Match(File.ReadAllText(file)).Groups[1].Value)
                    where own is not null
                    from Match use in UsingLine().Matches(File.ReadAllText(file))
                    let used = use.Groups[1].Value
                    where used.StartsWith("AngelSlim.", StringComparison.Ordinal) && !Allowed(own, used)
                    select $"{Short(file)}: {own} uses {used}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Has_no_file_that_is_longer_than_a_reader_likes()
    {
        var exceptions = Exceptions();
        var wrong = from file in SourceFiles()
                    let lines = File.ReadLines(file).Count()
                    where lines > LongestFile && !exceptions.Contains(Short(file))
                    select $"{Short(file)} has {lines} lines; split it, or say why not in docs/decisions";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Has_no_function_that_is_longer_than_a_screen()
    {
        var exceptions = Exceptions();
        var wrong = from file in SourceFiles()
                    where !exceptions.Contains(Short(file))
                    from function in Functions(File.ReadAllLines(file))
                    where function.Lines > LongestFunction
                    select $"{Short(file)}({function.Line}): {function.Lines} lines";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Names_no_machine_and_leaves_no_open_end()
    {
        var wrong = from file in SourceFiles()
                    from line in File.ReadLines(file).Select((text, i) => (text, number: i + 1))
                    where OpenEnd().IsMatch(line.text)
                    select $"{Short(file)}({line.number}): {line.text.Trim()}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Begins_no_transaction_that_reads_before_it_has_the_right_to_write()
    {
        var wrong = from file in SourceFiles()
                    from Match call in Transaction().Matches(File.ReadAllText(file))
                    where call.Groups[1].Value is not "deferred: false"
                    select $"{Short(file)}: {call.Value}";

        Assert.Empty(wrong);
    }

    [GeneratedRegex(@"\bBeginTransaction(?:Async)?\((.*?)\)|\bbegin\s+(?:transaction|deferred)\b", RegexOptions.Singleline)]
    private static partial Regex Transaction();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?(AngelSlim[\w.]*)", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"TODO|FIXME|HACK|NotImplementedException|""/work/|""/tmp/|""/root/")]
    private static partial Regex OpenEnd();

    private static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Path.Combine(Golden.Root, "tool"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Golden.Root, "benchmarks"), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string Short(string file) => Path.GetRelativePath(Golden.Root, file);

    /// <summary>Files with a decision record: their paths stand in <c>docs/decisions/*.md</c> on lines <c>Exempt: path</c>.</summary>
    private static HashSet<string> Exceptions() =>
        [.. Directory.EnumerateFiles(Path.Combine(Golden.Root, "docs", "decisions"), "*.md")
            .SelectMany(File.ReadLines)
            .Where(line => line.StartsWith("Exempt: ", StringComparison.Ordinal))
            .Select(line => line["Exempt: ".Length..].Trim())];

    /// <summary>The project and its first folder: <c>AngelSlim.Torch.Drafts</c>; null outside the two libraries.</summary>
    private static string? Folder(string name) =>
        MayUse.Keys.FirstOrDefault(key => name == key || name.StartsWith(key + ".", StringComparison.Ordinal));

    private static bool Allowed(string own, string used)
    {
        var folder = Folder(used);
        var project = own[..own.LastIndexOf('.')];
        if (folder is null)
        {
            return project is "AngelSlim.Torch" && used is "AngelSlim.Core" or "AngelSlim.Torch";
        }

        if (folder == own || (project is "AngelSlim.Torch" && folder.StartsWith("AngelSlim.Core.", StringComparison.Ordinal)))
        {
            return true;
        }

        return folder.StartsWith(project + ".", StringComparison.Ordinal) && MayUse[own].Contains(folder[(project.Length + 1)..]);
    }

    /// <summary>Functions by the layout that the formatter keeps: a body, or a switch that is one, opens and closes with a lone brace at the member's indent.</summary>
    private static IEnumerable<(int Line, int Lines)> Functions(string[] lines)
    {
        for (var i = 1; i < lines.Length; i++)
        {
            var indent = lines[i].Length - lines[i].TrimStart().Length;
            if (lines[i].Trim() is not "{" || !LooksLikeFunction(lines, i, indent))
            {
                continue;
            }

            var close = new string(' ', indent) + "}";
            var end = Array.FindIndex(lines, i, line => line == close || line == close + ";");
            yield return (i, end - i - 1);
        }
    }

    private static bool LooksLikeFunction(string[] lines, int brace, int indent)
    {
        var first = brace - 1;
        while (first > 0 && lines[first].Length - lines[first].TrimStart().Length > indent)
        {
            first--;
        }

        var head = lines[first].TrimStart();
        return indent >= 4 && MemberHead().IsMatch(head) && !TypeHead().IsMatch(head);
    }

    [GeneratedRegex(@"^(public|internal|private|protected|static|override|sealed|async|unsafe|void|IEnumerable|\w+\.)[^=;]*\(")]
    private static partial Regex MemberHead();

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\b")]
    private static partial Regex TypeHead();
}
