using System.Text.Json;
using System.Text.RegularExpressions;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Sweeps;

namespace AngelSlim.Core.Planning.Sweeps;

/// <summary>A swept setting in short: <c>unroll=3</c>.</summary>
/// <param name="Axis">The shortest end of its path that is no other axis's.</param>
/// <param name="Value">A word that no other value of the axis has.</param>
internal sealed record SweepLabel(string Axis, string Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Axis}={Value}";
}

/// <summary>Short words for the settings of points: <c>unroll=3</c>, <c>tokens=2+4</c>.</summary>
internal sealed partial class SweepLabels
{
    private const int LongestValue = 24;
    private const int FewestDigits = 6;
    private const int MostDigits = 64;
    private readonly SweepLabel[][] _ofPoints;

    /// <summary>Finds words that differ for different values.</summary>
    /// <param name="points">With the same axes in the same order.</param>
    public SweepLabels(IReadOnlyList<ReadPoint> points)
    {
        var axes = Tails([.. points[0].Settings.Select(setting => setting.Axis.Path)]);
        var values = axes.Select((_, axis) => Values([.. points.Select(point => point.Settings[axis]).DistinctBy(setting => setting.Text)])).ToArray();
        _ofPoints = [.. points.Select(point => axes.Select((name, axis) => new SweepLabel(name, values[axis][point.Settings[axis].Text])).ToArray())];
    }

    /// <summary>For each axis the value of a point.</summary>
    public IReadOnlyList<SweepLabel> Of(int point) => _ofPoints[point];

    private static string[] Tails(string[] paths) =>
        [.. paths.Select(path => Ends(path).First(end => end == path || !paths.Any(other => other != path && $".{other}".EndsWith($".{end}", StringComparison.Ordinal))))];

    private static IEnumerable<string> Ends(string path)
    {
        var parts = ManifestEdit.Parts(path);
        return Enumerable.Range(1, parts.Count).Select(length => string.Join('.', parts.TakeLast(length)));
    }

    /// <summary>By canonical text; with as much of its digest as it takes where the word alone leaves something out or stands for several.</summary>
    private static Dictionary<string, string> Values(SweepSetting[] settings)
    {
        var words = settings.ToDictionary(setting => setting.Text, setting => Word(setting.Value));
        var shared = words.Values.CountBy(word => word.Text).ToDictionary();
        var digits = FewestDigits;
        while (true)
        {
            var labels = words.ToDictionary(word => word.Key, word => word.Value.IsWhole && shared[word.Value.Text] is 1 ? word.Value.Text : Marked(word.Value.Text, word.Key, digits));
            if (digits == MostDigits || labels.Values.Distinct().Count() == labels.Count)
            {
                return labels;
            }

            digits = Math.Min(2 * digits, MostDigits);
        }
    }

    private static string Marked(string word, string text, int digits) => $"{word}-{Digest.Of(text).Hex[..digits]}".TrimStart('-');

    private static (string Text, bool IsWhole) Word(LocatedValue value)
    {
        var whole = value.Kind is JsonValueKind.Array && value.Items.All(IsScalar) ? string.Join('+', value.Items.Select(Scalar)) : Scalar(value);
        var safe = Unsafe().Replace(whole, "-").Trim('-');
        var kept = safe.Length <= LongestValue ? safe : safe[..LongestValue];
        return (kept, kept == whole && whole.Length > 0);
    }

    private static bool IsScalar(LocatedValue value) => value.Kind is not (JsonValueKind.Array or JsonValueKind.Object);

    private static string Scalar(LocatedValue value) => value.Kind is JsonValueKind.String ? value.Text : CanonicalJson.Write(value.ToNode());

    [GeneratedRegex("[^A-Za-z0-9._+-]+")]
    private static partial Regex Unsafe();
}
