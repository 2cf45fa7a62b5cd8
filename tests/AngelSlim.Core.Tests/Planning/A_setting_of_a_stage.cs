using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Tests.Manifests;
using Xunit;

namespace AngelSlim.Core.Tests.Planning;

public sealed class A_setting_of_a_stage : IDisposable
{
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Comes_from_a_part_of_the_manifest()
    {
        var known = SettingsShape.Paths(typeof(Experiment)).ToHashSet();
        var steps = new[]
        {
            ManifestFolder.Least,
            """{ "name": "e", "target": { "pretrain": {} }, "data": { "train": ["train.jsonl"] }, "evaluation": { "prompts": ["prompts.jsonl"] } }""",
            """{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] }, "regenerate": { "temperature": 1 } }""",
            """{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] }, "regenerate": { "engine": "openai", "servers": ["http://a"] } }""",
        }.SelectMany(json => ExperimentResolver.Resolve(_folder.Read(json), Contracts.All)).ToList();
        var settings = from step in steps
                       from path in RecipeLeaves.Of(CanonicalJson.Write(SettingsJson.Of(step.Settings))).Keys
                       select (step.Stage.Name, path, source: SettingPaths.InManifest(step.Stage.Settings, path));

        Assert.Equal(10, steps.Select(step => step.Stage.Name).Distinct().Count());
        Assert.DoesNotContain(settings, setting => !known.Contains(setting.source.Split('[')[0]));
    }

    [Theory]
    [InlineData(typeof(TokenizeSettings), "maxTokens", "data.maxTokens")]
    [InlineData(typeof(RegenerateSettings), "sampling.topK", "regenerate.topK")]
    [InlineData(typeof(AskSettings), "model", "regenerate.model")]
    [InlineData(typeof(VocabularySettings), "size", "draft.vocabulary")]
    [InlineData(typeof(CaptureSettings), "hiddenLayers[2]", "draft.hiddenLayers[2]")]
    [InlineData(typeof(TrainSettings), "training.unroll", "training.unroll")]
    [InlineData(typeof(TrainSettings), "draft.hiddenLayers[0]", "draft.hiddenLayers[0]")]
    [InlineData(typeof(PretrainSettings), "layers", "target.pretrain.layers")]
    [InlineData(typeof(ReportSettings), "experiment.speculation.tokens[1]", "speculation.tokens[1]")]
    [InlineData(typeof(Toy.WriteSettings), "lines", "lines")]
    public void Is_told_of_by_the_name_that_the_user_wrote(Type settings, string path, string expected) =>
        Assert.Equal(expected, SettingPaths.InManifest(settings, path));
}
