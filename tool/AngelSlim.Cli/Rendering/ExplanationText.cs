using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Planning.Explaining;

namespace AngelSlim.Cli.Rendering;

/// <summary>An explanation for people: what the step is made of, what was made before, what has changed and where it stands.</summary>
internal static class ExplanationText
{
    private const int DigitsShown = 12;
    private const int DifferencesShown = 20;

    /// <summary>The text.</summary>
    public static string Of(Explanation explained)
    {
        var step = explained.Step;
        var lines = new List<string> { $"{step.Step.Id}: {PlanText.Word(step.State)} ({step.Reason})" };
        lines.AddRange(There(explained));
        lines.AddRange(Ingredients(explained));
        lines.AddRange(explained.Outputs.Count > 1 ? Unsteady(explained.Outputs) : []);
        lines.AddRange(explained.Comparisons.SelectMany(comparison => (IEnumerable<string>)["", .. Compared(comparison)]));
        lines.AddRange(explained.Comparisons.Count > 1 ? Roots(explained) : []);
        return string.Join('\n', lines);
    }

    /// <summary>Settings with their values and who gave them; one of them with what it means.</summary>
    /// <param name="settings">At least one.</param>
    /// <param name="description">What the schema says of the one that was asked for.</param>
    public static string Of(IReadOnlyList<TracedSetting> settings, Core.Manifests.Schemas.SettingDescription? description)
    {
        var table = new Table("setting", "value", "from");
        foreach (var setting in settings)
        {
            table.Add(setting.Path, RecipeWords.Value(setting.Value), $"{setting.Origin}");
        }

        string?[] notes = [description?.Text, description?.Range is { } range ? $"expected: {range}" : null, description?.Default is { } byDefault ? $"default: {byDefault}" : null];
        return string.Join('\n', notes.OfType<string>().Prepend(table.ToString()));
    }

    /// <summary>Each cause once, with the steps that it concerns.</summary>
    private static IEnumerable<string> Roots(Explanation explained) => explained.Roots
        .GroupBy(root => string.Join("  ", Row(root.What).Where(cell => cell.Length > 0)), root => root.Where.Step.Step.Id)
        .Take(DifferencesShown)
        .SelectMany((cause, number) => (IEnumerable<string>)[.. number is 0 ? ["", "in the end because of"] : Array.Empty<string>(), $"  {cause.Key}  ({string.Join(", ", cause)})"]);

    private static IEnumerable<string> There(Explanation explained)
    {
        if (explained.Step.Found is not { } found)
        {
            return [];
        }

        var threads = found.Made.Threads.Count is 0 ? "" : $", threads: {string.Join(" then ", found.Made.Threads)}";
        return
        [
            $"  made {Words.OfTime(found.Made.At)}{By(explained.Making)} in {Words.Of(TimeSpan.FromSeconds(found.Made.Seconds))}, tool {found.Made.Tool}{threads}",
            $"  {Words.Count(found.Listing.Files.Count, "file")}, {Words.OfBytes(found.Listing.Size)}, in {found.Folder}",
        ];
    }

    private static IEnumerable<string> Ingredients(Explanation explained)
    {
        var stage = explained.Step.Step.Stage;
        yield return $"its key {(explained.Step.Recipe is { } known ? $"{known.Key}" : "is not known yet; it")} is made of";
        yield return $"  stage {stage.Name}, version {stage.Version}{(stage.Device is { } device ? $", on {device}" : "")}";
        foreach (var input in explained.Inputs)
        {
            yield return $"  input {input.Input}: {input.From ?? input.Path} {(input.Digest is { } digest ? Short(digest) : "(not made yet)")}";
        }

        foreach (var setting in explained.Settings.Where(setting => setting.Origin.Kind is not OriginKind.Default))
        {
            yield return $"  {setting.Path} = {RecipeWords.Value(setting.Value)} ({setting.Origin})";
        }

        var defaults = explained.Settings.Count(setting => setting.Origin.Kind is OriginKind.Default);
        if (defaults > 0)
        {
            yield return $"  {Words.Count(defaults, "setting")} at {(defaults is 1 ? "its default" : "their defaults")}";
        }
    }

    private static IEnumerable<string> Unsteady(IReadOnlyList<PastOutput> outputs) => outputs
        .Select(output => $"  run {output.Run}, {Words.OfTime(output.Seen)}: {Short(output.Steady)}")
        .Prepend($"this key has given {outputs.Count} different results: the stage is not deterministic, or the number of threads changed");

    private static IEnumerable<string> Compared(Comparison comparison)
    {
        if (comparison.Against is not { } against)
        {
            yield return $"{comparison.Step.Step.Id}: nothing like it was made before";
            yield break;
        }

        yield return $"{comparison.Step.Step.Id} beside {against.Key}, made {Words.OfTime(against.Made)}{By(comparison.Making)}:";
        if (comparison.Differences.Count is 0)
        {
            yield return "  no difference";
            yield break;
        }

        var rows = comparison.Differences.Take(DifferencesShown).Select(Row).ToList();
        var widths = Enumerable.Range(0, 2).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            yield return $"  {row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2]}".TrimEnd();
        }

        if (comparison.Differences.Count > DifferencesShown)
        {
            yield return $"  and {comparison.Differences.Count - DifferencesShown} more";
        }
    }

    /// <summary>What, from what to what, and where that stands.</summary>
    private static string[] Row(Difference difference) => difference.Kind switch
    {
        DifferenceKind.Setting => [difference.Path, $"{RecipeWords.Value(difference.Was)} -> {RecipeWords.Value(difference.Now)}", $"{difference.Origin}"],
        DifferenceKind.Stage => [$"stage's {difference.Path}", $"{RecipeWords.Value(difference.Was)} -> {RecipeWords.Value(difference.Now)}", "this tool"],
        DifferenceKind.Output => ["the bytes", $"{Short(difference.Was)} -> {Short(difference.Now)}", "from an equal recipe: not deterministic"],
        DifferenceKind.Step when difference.IsOpen => [$"input {difference.Path}", $"from {difference.Name}", "is made anew, and may come out as it was"],
        DifferenceKind.Step => [$"input {difference.Path}", $"{Short(difference.Was)} -> {Short(difference.Now)}", $"from {difference.Name}, which gave other bytes"],
        _ => [$"input {difference.Path}", $"{Short(difference.Was)} -> {Short(difference.Now)}", difference.Name ?? "a file that is no longer named"],
    };

    private static string By(PastMaking? making) => making is null ? "" : string.Create(CultureInfo.InvariantCulture, $" by run {making.Run} on {making.Host}");

    private static string Short(string? digest) => digest is null ? "(nothing)" : Digest.IsDigest(digest) ? digest[..DigitsShown] : digest;
}
