using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas.Validation;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests.Schemas;

public sealed class A_finding_of_a_schema
{
    [Theory]
    [InlineData("""{ "properties": { "a": { "items": { "type": "string" } } } }""", """{ "a": ["x", 1] }""", "type a[1] (1,14)")]
    [InlineData("""{ "additionalProperties": false }""", """{ "b": 1 }""", "additionalProperties b (1,3)")]
    [InlineData("""{ "required": ["c"] }""", """{ "b": 1 }""", "required c (1,1)")]
    [InlineData("""{ "properties": { "a": { "uniqueItems": true } } }""", """{ "a": [1, 2, 1.0] }""", "uniqueItems a[2] (1,15)")]
    [InlineData("""{ "propertyNames": { "maxLength": 1 } }""", """{ "bb": 1 }""", "maxLength bb (1,3)")]
    [InlineData("""{ "anyOf": [{ "type": "string" }, { "properties": { "a": { "maximum": 1 } } }] }""", """{ "a": 2 }""", "maximum a (1,8)")]
    [InlineData("""{ "oneOf": [{ "type": "string" }, { "type": "number" }] }""", "true", "oneOf  (1,1)")]
    [InlineData("""{ "if": { "required": ["a"] }, "then": { "required": ["b"] } }""", """{ "a": 2 }""", "required b (1,1)")]
    public void Has_path_and_place(string schema, string document, string expected) => Assert.Equal([expected], Validate(schema, document));

    [Theory]
    [InlineData("""{ "allOf": [{ "properties": { "a": { "type": "string" } } }], "unevaluatedProperties": false }""", """{ "a": 1, "b": 2 }""", "type a (1,8)", "unevaluatedProperties b (1,11)")]
    [InlineData("""{ "anyOf": [{ "properties": { "a": { "type": "string" } } }], "unevaluatedProperties": false }""", """{ "a": 1 }""", "type a (1,8)")]
    [InlineData("""{ "anyOf": [{ "required": ["z"], "properties": { "a": true } }], "unevaluatedProperties": false }""", """{ "a": 1 }""", "anyOf  (1,1)")]
    [InlineData("""{ "prefixItems": [{ "type": "string" }], "unevaluatedItems": false }""", "[1]", "type [0] (1,2)")]
    public void Of_a_member_whose_own_branch_failed_is_not_that_nobody_knows_it(string schema, string document, params string[] expected) =>
        Assert.Equal(expected, Validate(schema, document));

    private static string[] Validate(string schema, string document) =>
        [.. new JsonSchema(new SchemaResources(Located(schema))).Validate(Located(document)).Select(finding => $"{finding.Keyword} {finding.Path} {finding.Place}")];

    private static LocatedValue Located(string json) => LocatedJson.Parse(Encoding.UTF8.GetBytes(json), new TextPlace("", 1, 1));
}
