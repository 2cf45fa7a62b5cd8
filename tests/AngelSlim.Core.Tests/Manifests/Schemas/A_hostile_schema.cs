using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas.Validation;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests.Schemas;

public sealed class A_hostile_schema
{
    [Theory]
    [InlineData("""{ "$ref": "#" }""", "1", "refers to itself without end")]
    [InlineData("""{ "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "allOf": [{ "$ref": "#/$defs/a" }] } }, "$ref": "#/$defs/a" }""", "1", "refers to itself without end")]
    [InlineData("""{ "$dynamicAnchor": "x", "not": { "$dynamicRef": "#x" } }""", "1", "refers to itself without end")]
    [InlineData("""{ "$ref": "#/no/where" }""", "1", "The reference '#/no/where' leads nowhere.")]
    [InlineData("""{ "$ref": "http://elsewhere/" }""", "1", "leads nowhere")]
    [InlineData("""{ "pattern": "(" }""", "\"a\"", "The pattern '(' is none.")]
    [InlineData("""{ "pattern": "^(a+)+$" }""", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"", "The pattern '^(a+)+$' takes too long.")]
    public void Is_refused(string schema, string document, string message) =>
        Assert.Contains(message, Assert.Throws<SchemaException>(() => Validate(schema, document)).Message, StringComparison.Ordinal);

    [Fact]
    public void That_doubles_at_each_reference_ends()
    {
        var definitions = string.Join(", ", Enumerable.Range(0, 60).Select(i => $$"""
            "d{{i}}": { "allOf": [{ "$ref": "#/$defs/d{{i + 1}}" }, { "$ref": "#/$defs/d{{i + 1}}" }] }
            """));
        Refused($$"""{ "$defs": { {{definitions}}, "d60": true }, "$ref": "#/$defs/d0" }""", "combines too many schemas");
    }

    [Fact]
    public void With_a_long_chain_of_references_ends_before_the_stack_does()
    {
        var definitions = string.Join(", ", Enumerable.Range(0, 20_000).Select(i => $$"""
            "d{{i}}": { "$ref": "#/$defs/d{{i + 1}}" }
            """));
        Refused($$"""{ "$defs": { {{definitions}}, "d20000": true }, "$ref": "#/$defs/d0" }""", "combines too many schemas");
    }

    [Fact]
    public void Is_not_slow_on_many_items_that_have_to_differ()
    {
        var items = string.Join(",", Enumerable.Range(0, 100_000));
        Assert.Empty(Validate("""{ "uniqueItems": true }""", $"[{items}]"));
        Assert.Single(Validate("""{ "uniqueItems": true }""", $"[{items}, 7.0]"));
    }

    [Theory]
    [InlineData("""{ "maximum": 1e300 }""", "1e999999999999999999999", 1)]
    [InlineData("""{ "minimum": -1 }""", "-1e-999999999999999999999", 0)]
    [InlineData("""{ "multipleOf": 1e-400 }""", "1e400", 0)]
    [InlineData("""{ "multipleOf": 7 }""", "1e999999999999", 1)]
    [InlineData("""{ "multipleOf": 0 }""", "3", 0)]
    [InlineData("""{ "const": 100000000000000000000000000000000000001 }""", "100000000000000000000000000000000000002", 1)]
    [InlineData("""{ "enum": [1e2] }""", "100.0", 0)]
    [InlineData("""{ "type": "integer" }""", "12.50e1", 0)]
    [InlineData("""{ "type": "integer" }""", "12.5", 1)]
    [InlineData("""{ "multipleOf": 0.0001 }""", "0.00751", 1)]
    [InlineData("""{ "exclusiveMaximum": 0.3 }""", "0.29999999999999999999999999", 0)]
    public void Compares_numbers_exactly_however_large(string schema, string document, int findings) =>
        Assert.Equal(findings, Validate(schema, document).Count);

    private static void Refused(string schema, string message) =>
        Assert.Contains(message, Assert.Throws<SchemaException>(() => Validate(schema, "1")).Message, StringComparison.Ordinal);

    private static IReadOnlyList<SchemaFinding> Validate(string schema, string document) =>
        new JsonSchema(new SchemaResources(Located(schema, "schema"))).Validate(Located(document, "document"));

    private static LocatedValue Located(string json, string file) => LocatedJson.Parse(Encoding.UTF8.GetBytes(json), new TextPlace(file, 1, 1));
}
