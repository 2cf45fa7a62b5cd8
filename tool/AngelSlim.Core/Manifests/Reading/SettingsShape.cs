using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>One member of a settings record, as binder and schema see it.</summary>
/// <param name="Name">As it is written in JSON.</param>
/// <param name="Property">Where it is kept.</param>
/// <param name="Type">Without <see cref="Nullable{T}"/>.</param>
internal sealed record SettingsMember(string Name, PropertyInfo Property, Type Type)
{
    /// <summary>It has to be given.</summary>
    public bool Required { get; } = Property.IsDefined(typeof(RequiredMemberAttribute));

    /// <summary>Changes speed, never results.</summary>
    public bool Incidental { get; } = Property.IsDefined(typeof(IncidentalAttribute));

    /// <summary>It may be null.</summary>
    public bool Nullable => new NullabilityInfoContext().Create(Property).WriteState is NullabilityState.Nullable;

    /// <summary>Values for editors, as JSON.</summary>
    public IReadOnlyList<string> Examples => [.. Property.GetCustomAttributes<ExampleAttribute>().Select(example => example.Json)];

    /// <summary>Ranges, lengths, patterns.</summary>
    public IReadOnlyList<Attribute> Rules => [.. Property.GetCustomAttributes().Where(attribute => attribute is ValidationAttribute or RuleAttribute)];
}

/// <summary>What settings records are made of. The records are the only list of settings; all else is derived by this.</summary>
internal static class SettingsShape
{
    // Types do not change while the program runs; a sweep asks for the same few of them for each of its points.
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<SettingsMember>> Shapes = new();

    /// <summary>Its members in the order of the file; a property without a setter is computed and none of them.</summary>
    public static IReadOnlyList<SettingsMember> Of(Type record) => Shapes.GetOrAdd(record, Read);

    /// <summary>The words of a choice.</summary>
    public static IEnumerable<string> Words(Type choice) => Enum.GetNames(choice).Select(Word);

    /// <summary>A C# name as it is written in JSON.</summary>
    public static string Word(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>The type of the items of an <see cref="IReadOnlyList{T}"/>, else null.</summary>
    public static Type? ItemType(Type type) => Argument(type, typeof(IReadOnlyList<>), 0);

    /// <summary>The type of the values of an <see cref="IReadOnlyDictionary{TKey, TValue}"/> with string keys, else null.</summary>
    public static Type? ValueType(Type type) =>
        Argument(type, typeof(IReadOnlyDictionary<,>), 0) == typeof(string) ? Argument(type, typeof(IReadOnlyDictionary<,>), 1) : null;

    /// <summary>A record of settings rather than a single value.</summary>
    public static bool IsRecord(Type type) => type.IsClass && type != typeof(string) && !IsAny(type);

    /// <summary>Any JSON will do.</summary>
    public static bool IsAny(Type type) => type == typeof(JsonNode);

    /// <summary>Every dotted path beneath a record: <c>training.epochs</c>.</summary>
    public static IEnumerable<string> Paths(Type record) => Of(record).SelectMany(member => IsRecord(member.Type)
        ? Paths(member.Type).Select(path => $"{member.Name}.{path}").Prepend(member.Name)
        : [member.Name]);

    /// <summary>The setting at a path, or an entry of a table; null when there is none.</summary>
    public static SettingsMember? At(Type record, IReadOnlyList<string> path)
    {
        if (path.Count is 0 || Of(record).FirstOrDefault(member => member.Name == path[0]) is not { } member)
        {
            return null;
        }

        return path.Count is 1 ? member
            : ValueType(member.Type) is { } value ? path.Count is 2 ? member with { Name = path[1], Type = value } : null
            : IsRecord(member.Type) && ItemType(member.Type) is null ? At(member.Type, [.. path.Skip(1)])
            : null;
    }

    private static IReadOnlyList<SettingsMember> Read(Type record) =>
        [.. from property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where property.CanWrite
            let type = property.PropertyType
            select new SettingsMember(Word(property.Name), property, Nullable.GetUnderlyingType(type) ?? type)];

    private static Type? Argument(Type type, Type generic, int index) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[index] : null;
}
