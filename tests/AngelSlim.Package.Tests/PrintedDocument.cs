using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AngelSlim.Cli.Documents;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>What the tool printed with <c>--json</c>.</summary>
internal static class PrintedDocument
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Every document that there is, by the name of its form.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = typeof(Document).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(Document)))
        .ToDictionary(type => type.GetCustomAttribute<FormAttribute>()!.Name);

    /// <summary>A document has a form of ours, and exactly the members of that form.</summary>
    public static void HasItsForm(string text)
    {
        var form = (string)JsonNode.Parse(text)!["form"]!;
        var record = Types[form.Split('/')[1]];
        Assert.Equal(FormAttribute.Of(record), form);
        Assert.NotNull(JsonSerializer.Deserialize(text, record, Strict));
    }
}
