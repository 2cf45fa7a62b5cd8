using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Schemas;
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
}
