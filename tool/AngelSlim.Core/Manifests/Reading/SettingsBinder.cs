using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>Fills settings records. Judges nothing: a value that is not of a setting's type leaves it at its default, or empty.</summary>
internal static class SettingsBinder
{
    /// <summary>A record, whole, never with a null that its type forbids.</summary>
    /// <param name="type">A record with a parameterless constructor and properties that can be set.</param>
    /// <param name="value">What the user wrote; no member of it is there twice.</param>
    public static object Bind(Type type, LocatedValue value)
    {
        var record = Empty(type);
        foreach (var member in SettingsShape.Of(type))
        {
            if (value.Find(member.Name) is not { } written)
            {
                continue;
            }

            if (Value(member.Type, written.Value) is { } bound)
            {
                member.Property.SetValue(record, bound);
            }
            else if (written.Value.Kind is JsonValueKind.Null && member.Nullable)
            {
                member.Property.SetValue(record, null);
            }
        }

        return record;
    }

    /// <summary>Null when the value is not of the type.</summary>
    private static object? Value(Type type, LocatedValue value) => (value.Kind, type) switch
    {
        (JsonValueKind.String, _) when type == typeof(string) => value.Text,
        (JsonValueKind.String, { IsEnum: true }) => Choice(type, value.Text),
        (JsonValueKind.True or JsonValueKind.False, _) when type == typeof(bool) => value.Kind is JsonValueKind.True,
        (JsonValueKind.Number, _) when type == typeof(int) => WholeNumber(value.Text),
        (JsonValueKind.Number, _) when type == typeof(double) => double.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture),
        (JsonValueKind.Array, _) when SettingsShape.ItemType(type) is { } item => List(item, value),
        (JsonValueKind.Object, _) when SettingsShape.ValueType(type) is { } item => Table(item, value),
        (_, _) when SettingsShape.IsAny(type) => value.ToNode(),
        (JsonValueKind.Object, _) when SettingsShape.IsRecord(type) => Bind(type, value),
        _ => null,
    };

    private static object? Choice(Type type, string word)
    {
        var index = SettingsShape.Words(type).ToList().IndexOf(word);
        return index < 0 ? null : Enum.Parse(type, Enum.GetNames(type)[index]);
    }

    /// <summary>2.0 and 2e0 are whole numbers to JSON Schema, and so to us.</summary>
    private static int? WholeNumber(string text)
    {
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return number == Math.Truncate(number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
    }

    private static Array List(Type item, LocatedValue value)
    {
        // What is of another type keeps its place, so that item i of the list is item i of the file.
        var list = Array.CreateInstance(item, value.Items.Count);
        for (var i = 0; i < list.Length; i++)
        {
            list.SetValue(Value(item, value.Items[i]) ?? Blank(item), i);
        }

        return list;
    }

    private static IDictionary Table(Type item, LocatedValue value)
    {
        var table = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), item))!;
        foreach (var written in value.Members)
        {
            table.Add(written.Name, Value(item, written.Value) ?? Blank(item));
        }

        return table;
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
