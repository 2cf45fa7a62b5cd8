using System.Globalization;
using System.Text.Json;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>Something wrong with one setting.</summary>
/// <param name="Path">Dotted, items in brackets: <c>data.train[0]</c>.</param>
/// <param name="Problem">What, and where.</param>
internal sealed record Finding(string Path, Problem Problem);

/// <summary>A settings record as far as it could be read, and everything that was wrong.</summary>
/// <param name="Settings">Whole, never with a null that its type forbids; a setting that could not be read is at its default, or empty.</param>
/// <param name="Findings">In the order of reading.</param>
internal sealed record SettingsReading(object Settings, IReadOnlyList<Finding> Findings)
{
    /// <summary>Nothing was wrong with the setting, with what it is part of, nor with what is part of it.</summary>
    public bool IsSound(string path) =>
        !Findings.Any(finding => Within(finding.Path, path) || Within(path, finding.Path));

    private static bool Within(string inner, string outer) =>
        outer.Length is 0 || (inner.StartsWith(outer, StringComparison.Ordinal) && (inner.Length == outer.Length || inner[outer.Length] is '.' or '['));
}

/// <summary>Reads any settings record strictly: whatever the record does not say is wrong. Collects all problems, throws none.</summary>
internal sealed class SettingsReader
{
    private readonly List<Finding> _findings = [];
    private readonly Lazy<string[]> _paths;

    private SettingsReader(Type root) => _paths = new(() => [.. SettingsShape.Paths(root)]);

    /// <summary>Reads a record.</summary>
    /// <param name="type">A record with a parameterless constructor and properties that can be set.</param>
    /// <param name="value">What the user wrote.</param>
    public static SettingsReading Read(Type type, LocatedValue value)
    {
        var reader = new SettingsReader(type);
        var settings = reader.Record(type, value, "") ?? Empty(type);
        return new(settings, reader._findings);
    }

    /// <summary>A value of any type a setting can have; null when it could not be read.</summary>
    private object? Value(Type type, LocatedValue value, string path) => (value.Kind, type) switch
    {
        (JsonValueKind.String, _) when type == typeof(string) => value.Text,
        (JsonValueKind.String, { IsEnum: true }) => Choice(type, value, path),
        (JsonValueKind.True or JsonValueKind.False, _) when type == typeof(bool) => value.Kind is JsonValueKind.True,
        (JsonValueKind.Number, _) when type == typeof(int) => WholeNumber(value, path),
        (JsonValueKind.Number, _) when type == typeof(double) => Number(value, path),
        (JsonValueKind.Array, _) when SettingsShape.ItemType(type) is { } item => List(item, value, path),
        (JsonValueKind.Object, _) when SettingsShape.ValueType(type) is { } item => Table(item, value, path),
        (_, _) when SettingsShape.IsAny(type) => value.ToNode(),
        (_, _) when SettingsShape.IsRecord(type) => Record(type, value, path),
        _ => WrongType(value, path, Expected(type)),
    };

    private object? Record(Type type, LocatedValue value, string path)
    {
        if (value.Kind is not JsonValueKind.Object)
        {
            return WrongType(value, path, "an object");
        }

        var shape = SettingsShape.Of(type);
        var record = Empty(type);
        foreach (var written in FirstOfEach(value, path))
        {
            if (shape.FirstOrDefault(member => member.Name == written.Name) is not { } member)
            {
                Add(ProblemCode.UnknownMember, written.Place, Join(path, written.Name), Unknown(written.Name, path, shape));
            }
            else if (Member(member, written.Value, Join(path, written.Name)) is { } read)
            {
                member.Property.SetValue(record, read);
            }
            else if (member.Nullable)
            {
                member.Property.SetValue(record, null);
            }
        }

        foreach (var missing in shape.Where(member => member.Required && value.Find(member.Name) is null))
        {
            Add(ProblemCode.MissingMember, value.Place, Join(path, missing.Name), $"'{Join(path, missing.Name)}' is missing; expected {Expected(missing.Type)}.");
        }

        return record;
    }

    private object? Member(SettingsMember member, LocatedValue value, string path)
    {
        if (value.Kind is JsonValueKind.Null && member.Nullable)
        {
            return null;
        }

        var before = _findings.Count;
        var read = Value(member.Type, value, path);
        if (read is null || _findings.Count > before)
        {
            return read;
        }

        foreach (var broken in member.Rules.SelectMany(rule => SettingsRules.Broken(rule, read, value, path)))
        {
            _findings.Add(broken);
        }

        return read;
    }

    private Array List(Type item, LocatedValue value, string path)
    {
        var list = Array.CreateInstance(item, value.Items.Count);
        for (var i = 0; i < list.Length; i++)
        {
            // What cannot be read keeps its place, so that item i of the list is item i of the file.
            list.SetValue(Value(item, value.Items[i], $"{path}[{i}]") ?? Blank(item), i);
        }

        return list;
    }

    private System.Collections.IDictionary Table(Type item, LocatedValue value, string path)
    {
        var table = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), item))!;
        foreach (var written in FirstOfEach(value, path))
        {
            table.Add(written.Name, Value(item, written.Value, Join(path, written.Name)) ?? Blank(item));
        }

        return table;
    }

    private IEnumerable<LocatedMember> FirstOfEach(LocatedValue value, string path)
    {
        var firsts = new Dictionary<string, LocatedMember>(StringComparer.Ordinal);
        foreach (var member in value.Members)
        {
            if (firsts.TryAdd(member.Name, member))
            {
                yield return member;
            }
            else
            {
                Add(ProblemCode.DuplicateMember, member.Place, Join(path, member.Name), $"{Shown.Quoted(Join(path, member.Name))} is given twice, first in line {firsts[member.Name].Place.Line}; keep one.");
            }
        }
    }

    private object? Choice(Type type, LocatedValue value, string path)
    {
        var words = SettingsShape.Words(type).ToArray();
        var index = Array.IndexOf(words, value.Text);
        if (index >= 0)
        {
            return Enum.Parse(type, Enum.GetNames(type)[index]);
        }

        Add(ProblemCode.UnknownValue, value.Place, path, $"'{path}' is {Shown.Quoted(value.Text)}; expected {Expected(type)}{Suggestion.For(value.Text, words)}");
        return null;
    }

    private object? WholeNumber(LocatedValue value, string path)
    {
        // 2.0 and 2e0 are whole numbers to JSON Schema, and so to us.
        var number = double.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsFinite(number) && number != Math.Truncate(number))
        {
            return WrongType(value, path, Expected(typeof(int)));
        }

        if (number is >= int.MinValue and <= int.MaxValue)
        {
            return (int)number;
        }

        Add(ProblemCode.OutOfRange, value.Place, path, $"'{path}' is {Shown.Found(value)}; expected a whole number of at most 32 bits.");
        return null;
    }

    private double? Number(LocatedValue value, string path)
    {
        var number = double.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsFinite(number))
        {
            return number;
        }

        Add(ProblemCode.OutOfRange, value.Place, path, $"'{path}' is {Shown.Found(value)}; expected a number that a double can hold.");
        return null;
    }

    private object? WrongType(LocatedValue value, string path, string expected)
    {
        var what = path.Length is 0 ? "The manifest" : Shown.Quoted(path);
        Add(ProblemCode.WrongType, value.Place, path, $"{what} is {Shown.Found(value)}; expected {expected}.");
        return null;
    }

    private string Unknown(string name, string path, IReadOnlyList<SettingsMember> shape)
    {
        var what = $"{Shown.Quoted(name)} is not a setting of {(path.Length is 0 ? "a manifest" : Shown.Quoted(path))}";
        var names = shape.Select(member => member.Name).ToArray();
        var elsewhere = _paths.Value.Where(known => known.EndsWith("." + name, StringComparison.OrdinalIgnoreCase))
            .MinBy(known => known.Count(letter => letter is '.'));
        return (Suggestion.Nearest(name, names) ?? elsewhere) is { } meant
            ? $"{what}; did you mean '{meant}'?"
            : $"{what}; expected one of {string.Join(", ", names)}.";
    }

    private void Add(string code, TextPlace place, string path, string message) =>
        _findings.Add(new(path, new Problem(code, message, place)));

    private static string Join(string path, string name) => path.Length is 0 ? name : $"{path}.{name}";

    private static string Expected(Type type)
    {
        if (type.IsEnum)
        {
            return string.Join(" or ", SettingsShape.Words(type).Select(word => $"'{word}'"));
        }

        return type == typeof(string) ? "text"
            : type == typeof(bool) ? "true or false"
            : type == typeof(int) ? "a whole number"
            : type == typeof(double) ? "a number"
            : SettingsShape.ItemType(type) is not null ? "a list"
            : "an object";
    }

    /// <summary>A record with its defaults, and blanks where it has none.</summary>
    private static object Empty(Type type)
    {
        var record = Activator.CreateInstance(type)!;
        foreach (var member in SettingsShape.Of(type).Where(member => member.Required))
        {
            member.Property.SetValue(record, Blank(member.Type));
        }

        return record;
    }

    private static object? Blank(Type type) =>
        type == typeof(string) ? ""
        : SettingsShape.IsAny(type) ? null
        : SettingsShape.ItemType(type) is { } item ? Array.CreateInstance(item, 0)
        : SettingsShape.ValueType(type) is { } value ? Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), value))!
        : SettingsShape.IsRecord(type) ? Empty(type)
        : Activator.CreateInstance(type)!;
}
