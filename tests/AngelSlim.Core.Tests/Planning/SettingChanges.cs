using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Tests.Planning;

/// <summary>One change to a settings record.</summary>
/// <param name="Path">Of the setting.</param>
/// <param name="IsIncidental">It changes how fast a stage works, never what it makes.</param>
/// <param name="Apply">The record with that one setting at another value.</param>
internal sealed record SettingChange(string Path, bool IsIncidental, Func<object, object> Apply);

/// <summary>Every change that can be made to a settings record, found by reflection: a new setting is judged without a new test.</summary>
internal static class SettingChanges
{
    public static IEnumerable<SettingChange> Of(Type record) =>
        from property in record.GetProperties()
        where property.CanWrite
        from change in Of(property)
        select change;

    private static IEnumerable<SettingChange> Of(PropertyInfo property)
    {
        var (isIncidental, name) = (property.IsDefined(typeof(IncidentalAttribute)), SettingsShape.Word(property.Name));
        return SettingsShape.IsRecord(property.PropertyType) && property.PropertyType != typeof(JsonObject)
            ? Of(property.PropertyType).Select(inner => new SettingChange(
                $"{name}.{inner.Path}", isIncidental || inner.IsIncidental, settings => With(settings, property, inner.Apply(property.GetValue(settings) ?? Activator.CreateInstance(property.PropertyType)!))))
            : [new(name, isIncidental, settings => With(settings, property, Another(property.PropertyType, property.GetValue(settings))))];
    }

    private static object With(object record, PropertyInfo property, object? value)
    {
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        property.SetValue(copy, value);
        return copy;
    }

    private static object Another(Type type, object? value) => value switch
    {
        null => First(Nullable.GetUnderlyingType(type) ?? type),
        bool flag => !flag,
        int number => number + 1,
        double number => number + 0.125,
        string text => text + "x",
        Enum word => Next(word),
        JsonObject json => new JsonObject(json.Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())).Append(new("x", 1))),
        IEnumerable items => Longer(type, items),
        _ => throw new NotSupportedException($"{type} has no other value here yet."),
    };

    private static object Next(Enum word)
    {
        var values = Enum.GetValues(word.GetType());
        return values.GetValue((Array.IndexOf(values, word) + 1) % values.Length)!;
    }

    private static object First(Type type) =>
        type == typeof(string) ? "x" : SettingsShape.ItemType(type) is { } item ? Longer(type, Array.CreateInstance(item, 0)) : Activator.CreateInstance(type)!;

    private static IList Longer(Type type, IEnumerable items)
    {
        var item = SettingsShape.ItemType(type)!;
        var longer = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        foreach (var each in items)
        {
            longer.Add(each);
        }

        longer.Add(item == typeof(string) ? "x" : Activator.CreateInstance(item));
        return longer;
    }
}
