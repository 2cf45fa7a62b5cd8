using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>Says what is wrong when a value breaks a rule that stands as an attribute at its property.</summary>
internal static class SettingsRules
{
    /// <summary>Nothing when the rule is kept.</summary>
    /// <param name="rule">The attribute.</param>
    /// <param name="read">The value as read.</param>
    /// <param name="written">The value as written, for the place.</param>
    /// <param name="path">Of the setting.</param>
    public static IEnumerable<Finding> Broken(ValidationAttribute rule, object read, LocatedValue written, string path)
    {
        if (IsKept(rule, read))
        {
            return [];
        }

        return rule switch
        {
            EachInRangeAttribute range => OutOfRange(range, (IReadOnlyList<int>)read, written, path),
            DistinctAttribute => Repeated((IEnumerable)read, written, path),
            _ => [Finding(path, written, $"{Shown.Quoted(path)} {Is(read, written)}; expected {Expected(rule)}.")],
        };
    }

    /// <summary>The framework's patterns let every empty text pass.</summary>
    private static bool IsKept(ValidationAttribute rule, object read) =>
        rule is RegularExpressionAttribute pattern && read is "" ? Regex.IsMatch("", pattern.Pattern) : rule.IsValid(read);

    private static IEnumerable<Finding> OutOfRange(EachInRangeAttribute range, IReadOnlyList<int> items, LocatedValue written, string path) =>
        from i in Enumerable.Range(0, items.Count)
        where items[i] < range.Minimum || items[i] > range.Maximum
        select Finding($"{path}[{i}]", written.Items[i], $"'{path}[{i}]' is {items[i]}; expected {range.Minimum} to {range.Maximum}.");

    private static IEnumerable<Finding> Repeated(IEnumerable items, LocatedValue written, string path)
    {
        var seen = new HashSet<object>();
        var index = -1;
        foreach (var item in items)
        {
            index++;
            if (!seen.Add(item))
            {
                yield return Finding($"{path}[{index}]", written.Items[index], $"'{path}[{index}]' is {Shown.Found(written.Items[index])} again; expected no item twice.");
            }
        }
    }

    private static Finding Finding(string path, LocatedValue at, string message) =>
        new(path, new Problem(ProblemCode.OutOfRange, message, at.Place));

    private static string Is(object read, LocatedValue written) =>
        read is ICollection items ? $"has {items.Count} {(items.Count is 1 ? "item" : "items")}" : $"is {Shown.Found(written)}";

    private static string Expected(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}"),
        MinLengthAttribute least => $"at least {least.Length}",
        LengthAttribute length when length.MinimumLength == length.MaximumLength => $"{length.MinimumLength}",
        LengthAttribute length => $"{length.MinimumLength} to {length.MaximumLength}",
        RegularExpressionAttribute pattern => $"a text that matches {pattern.Pattern}",
        _ => throw new NotSupportedException($"{rule.GetType().Name} has no words and no place in the schema yet."),
    };
}
