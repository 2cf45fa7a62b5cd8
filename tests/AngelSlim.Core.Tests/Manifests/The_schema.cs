using System.Text;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas;
using AngelSlim.Core.Manifests.Schemas.Validation;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class The_schema
{
    private static readonly string Written =
        new SchemaWriter(XmlSummaries.Read(Path.Combine(AppContext.BaseDirectory, "AngelSlim.Core.xml"))).Experiment();

    [Fact]
    public void In_the_repository_is_what_the_records_say()
    {
        var path = Path.Combine(Golden.Root, "schemas", "experiment.schema.json");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") is "1")
        {
            File.WriteAllText(path, Written);
        }

        Assert.Equal(File.ReadAllText(path), Written);
    }

    [Theory]
    [InlineData("properties/data/required", """["train"]""")]
    [InlineData("properties/data/properties/train/minItems", "1")]
    [InlineData("properties/data/additionalProperties", "false")]
    [InlineData("properties/training/properties/batchRows/default", "1")]
    [InlineData("properties/training/properties/unroll/maximum", "16")]
    [InlineData("properties/training/properties/steps/type", """["integer","null"]""")]
    [InlineData("properties/speculation/properties/tokens/items", """{"type":"integer","minimum":1,"maximum":16}""")]
    [InlineData("properties/target/properties/dtype/enum", """["float32","bfloat16"]""")]
    [InlineData("properties/target/properties/pretrain/type", """["object","null"]""")]
    [InlineData("properties/expect/properties/acceptanceLengthAtLeast/additionalProperties/type", "\"number\"")]
    [InlineData("properties/data/properties/onBadRow/description", "\"What a row that cannot be read does.\\n- `stop`: Ends the stage; the message has file and line.\\n- `skip`: Is left out, counted and logged.\"")]
    [InlineData("properties/draft/properties/fcNorm/description", "\"RMS norm over each of the three hidden states before `fc`; not together with `normBeforeFc`.\"")]
    public void Says_what_a_member_is(string path, string expected)
    {
        var node = path.Split('/').Aggregate(JsonNode.Parse(Written), (at, name) => at![name]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), node), node?.ToJsonString());
    }

    [Fact]
    public void Is_the_one_that_manifests_are_held_against() =>
        Assert.Equal(Written, Encoding.UTF8.GetString(ManifestSchema.Bytes()));

    [Fact]
    public void Bounds_every_number_so_that_none_is_larger_than_its_setting_holds() => Assert.All(Schemas(JsonNode.Parse(Written)!, ""), each =>
    {
        var types = each.Schema["type"]?.ToJsonString() ?? "";
        Assert.True(!(types.Contains("\"integer\"", StringComparison.Ordinal) || types.Contains("\"number\"", StringComparison.Ordinal)) || (each.Schema["minimum"] is not null && each.Schema["maximum"] is not null), each.Path);
    });

    [Fact]
    public void Has_examples_that_are_valid()
    {
        var examples = Schemas(JsonNode.Parse(Written)!, "").Where(each => each.Schema["examples"] is not null).ToList();
        Assert.InRange(examples.Count, 6, 100);
        Assert.All(examples, each => Assert.All(each.Schema["examples"]!.AsArray(), example =>
            Assert.Empty(new JsonSchema(new SchemaResources(Located(each.Schema))).Validate(Located(example!)))));
    }

    private static IEnumerable<(string Path, JsonObject Schema)> Schemas(JsonNode node, string path) => node switch
    {
        JsonObject schema => schema.SelectMany(member => member.Value is null ? [] : Schemas(member.Value, $"{path}/{member.Key}")).Prepend((path, schema)),
        _ => [],
    };

    private static LocatedValue Located(JsonNode node) => LocatedJson.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()), new TextPlace("", 1, 1));
}
