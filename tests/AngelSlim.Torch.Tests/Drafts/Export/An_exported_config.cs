using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using Xunit;

namespace AngelSlim.Torch.Tests.Drafts.Export;

public sealed class An_exported_config
{
    private const string Llama3 = """{ "rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 64, "of_a_later_version": 7 }""";

    [Theory]
    [InlineData("rope_scaling", Llama3)]
    [InlineData("rope_parameters", """{ "rope_theta": 1000000, "rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 64 }""")]
    public void Says_the_target_s_rotation_in_the_target_s_words(string key, string settings)
    {
        var (config, draft) = Exported(key, settings, DraftRope.Target);
        var expected = JsonNode.Parse(settings)!.AsObject();
        expected.Remove("rope_theta");

        Assert.True(JsonNode.DeepEquals(expected, config["rope_scaling"]));
        Assert.Equal(1_000_000, config["rope_theta"]!.GetValue<double>());
        Assert.Null(config["rope_parameters"]);
        Assert.Equal(draft.Rope, RopeReader.Read(ConfigObject.Parse("config.json", config.ToJsonString()), 256, RopeKinds.WithAlpha));
    }

    [Fact]
    public void Says_the_base_that_the_draft_was_trained_with()
    {
        var (config, draft) = Exported("rope_scaling", Llama3, DraftRope.Angelslim);

        Assert.Equal(10_000, config["rope_theta"]!.GetValue<double>());
        Assert.Equal(draft.Rope, RopeReader.Read(ConfigObject.Parse("config.json", config.ToJsonString()), 256, RopeKinds.WithAlpha));
    }

    private static (JsonObject Config, DraftConfig Draft) Exported(string key, string rope, DraftRope kind)
    {
        var file = JsonNode.Parse(File.ReadAllText(Golden.Own("eagle3", "decode", "target", "config.json")))!.AsObject();
        file[key] = JsonNode.Parse(rope);
        var folder = Directory.CreateTempSubdirectory("target-").FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), file.ToJsonString());
        var target = TargetConfigReader.Read(folder);
        Directory.Delete(folder, recursive: true);
        var draft = DraftConfig.For(new DraftSettings { NormBeforeFc = false, Rope = kind }, Compatibility.None, target, words: 48);
        return (ExportedConfig.Of(draft, target, file, Dtype.Float32), draft);
    }
}
