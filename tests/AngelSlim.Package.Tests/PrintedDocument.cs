using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using AngelSlim.Cli.Documents;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas.Validation;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>What the tool printed with <c>--json</c>.</summary>
internal static class PrintedDocument
{
    /// <summary>Every document that there is, by the name of its form.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = typeof(Document).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(Document)))
        .ToDictionary(type => type.GetCustomAttribute<FormAttribute>()!.Name);

    /// <summary>A document keeps to the schema of its form.</summary>
    public static void KeepsToItsSchema(string text)
    {
        var name = ((string)JsonNode.Parse(text)!["form"]!).Split('/')[1];
        var schema = new JsonSchema(new SchemaResources(LocatedJson.ReadFile(SchemaOf(name), "schema")));
        Assert.Empty(schema.Validate(LocatedJson.Parse(Encoding.UTF8.GetBytes(text), new TextPlace(name, 1, 1))));
    }

    /// <summary>The file of a form's schema.</summary>
    public static string SchemaOf(string name) => Path.Combine(Golden.Root, "schemas", $"{name}.schema.json");
}
