using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Tests.Manifests;
using Xunit;

namespace AngelSlim.Core.Tests.Planning;

public sealed class An_experiment : IDisposable
{
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Offline_captures_before_it_trains() => Assert.Equal(
        [
            "tokenize <- Target: target/ Train: [train.jsonl] Heldout: []",
            "vocabulary <- Target: target/ Rows: tokenize",
            "capture <- Target: target/ Rows: tokenize",
            "train <- Target: target/ Rows: tokenize Words: vocabulary Features: capture",
            "export <- Target: target/ Words: vocabulary Draft: train",
            "evaluate-k2 <- Target: target/ Draft: export Rows: tokenize Prompts: []",
            "evaluate-k4 <- Target: target/ Draft: export Rows: tokenize Prompts: []",
            "report <- Rows: tokenize Words: vocabulary Draft: train Export: export Evaluations: [evaluate-k2, evaluate-k4]",
        ],
        Graph(ManifestFolder.Least));

    [Theory]
    [InlineData("{}", "regenerate")]
    [InlineData("""{ "engine": "openai", "servers": ["http://localhost:8000/v1"] }""", "ask")]
    public void That_regenerates_learns_from_the_answers_that_the_target_wrote(string regenerate, string stage)
    {
        var json = $$"""{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"], "heldout": ["heldout.jsonl"] }, "regenerate": {{regenerate}} }""";

        Assert.Equal(
            [
                "regenerate <- Target: target/ Train: [train.jsonl] Heldout: [heldout.jsonl]",
                "tokenize <- Target: target/ Train: [] Heldout: [] Regenerated: regenerate",
                "vocabulary <- Target: target/ Rows: tokenize",
            ],
            Graph(json)[..3]);
        Assert.Equal(stage, Steps(json)[0].Stage.Name);
    }

    [Fact]
    public void Tells_servers_what_they_call_the_target_and_no_key_where_they_are()
    {
        string Asked(string target, string more) => CanonicalJson.Write(SettingsJson.Of(
            Steps($$"""{ "name": "e", "target": { "model": "{{target}}" }, "data": { "train": ["train.jsonl"] }, "regenerate": { "engine": "openai", "seed": 7, {{more}} } }""")[0].Settings, Incidentals.LeftOut));

        Assert.Equal("""{"maxNewTokens":1024,"model":"target","onBadRow":"stop","sampling":null}""", Asked("./target", "\"servers\": [\"http://a\"], \"retries\": 1"));
        Assert.Equal(Asked("org/model-1", "\"servers\": [\"http://a\"]"), Asked("target", "\"servers\": [\"http://b\"], \"model\": \"org/model-1\""));
        Assert.Contains("""{"seed":7,"temperature":0.5,"topK":null,"topP":1}""", Asked("target", "\"servers\": [\"http://a\"], \"temperature\": 0.5"), StringComparison.Ordinal);
    }

    [Fact]
    public void Online_has_no_features() => Assert.Equal(
        [
            "tokenize <- Target: builtin/tiny-text/ Train: [train.jsonl, more.jsonl] Heldout: [heldout.jsonl]",
            "vocabulary <- Target: builtin/tiny-text/ Rows: tokenize",
            "train <- Target: builtin/tiny-text/ Rows: tokenize Words: vocabulary Features: nothing",
            "export <- Target: builtin/tiny-text/ Words: vocabulary Draft: train",
            "evaluate-k7 <- Target: builtin/tiny-text/ Draft: export Rows: tokenize Prompts: [prompts.jsonl]",
            "report <- Rows: tokenize Words: vocabulary Draft: train Export: export Evaluations: [evaluate-k7]",
        ],
        Graph("""
            {
              "name": "e", "mode": "online", "target": { "builtin": "tiny-text" },
              "data": { "train": ["train.jsonl", "more.jsonl"], "heldout": ["heldout.jsonl"] },
              "speculation": { "tokens": [7] }, "evaluation": { "prompts": ["prompts.jsonl"] }
            }
            """));

    [Fact]
    public void With_a_target_of_its_own_trains_that_first()
    {
        var graph = Graph("""{ "name": "e", "target": { "pretrain": { "layers": 4 } }, "data": { "train": ["train.jsonl"] } }""");
        Assert.Equal("pretrain <-", graph[0]);
        Assert.Equal("tokenize <- Target: pretrain Train: [train.jsonl] Heldout: []", graph[1]);
        Assert.Equal("evaluate-k4 <- Target: pretrain Draft: export Rows: tokenize Prompts: []", graph[^2]);
    }

    [Fact]
    public void Hands_each_stage_the_settings_that_concern_it()
    {
        var steps = Steps("""
            {
              "name": "e", "target": { "model": "target", "dtype": "bfloat16" },
              "data": { "train": ["train.jsonl"], "maxTokens": 99, "heldoutShare": 0.25, "onBadRow": "skip" },
              "draft": { "vocabulary": 64, "hiddenLayers": [1, 3, 5] }, "training": { "steps": 3 },
              "speculation": { "tokens": [5, 3] }, "evaluation": { "promptsPerFile": 6, "maxNewTokens": 8 }
            }
            """).ToDictionary(step => step.Id, step => CanonicalJson.Write(SettingsJson.Of(step.Settings)));
        Assert.Equal("""{"heldoutShare":0.25,"mask":"exact","maxTokens":99,"onBadRow":"skip","rows":"auto"}""", steps["tokenize"]);
        Assert.Equal("""{"size":64}""", steps["vocabulary"]);
        Assert.Equal("""{"dtype":"bfloat16","hiddenLayers":[1,3,5]}""", steps["capture"]);
        Assert.Contains("\"steps\":3,", steps["train"], StringComparison.Ordinal);
        Assert.Equal("""{"dtype":"bfloat16","speculativeTokens":5,"speculators":false,"targetHubId":null,"targetName":"target","targetRevision":null,"tree":null}""", steps["export"]);
        Assert.Equal("""{"dtype":"bfloat16","maxNewTokens":8,"promptLabels":[],"promptsAtOnce":1,"promptsPerFile":6,"sampling":null,"speculativeTokens":3,"stop":[],"tree":null}""", steps["evaluate-k3"]);
        Assert.StartsWith("""{"experiment":{"data":{"heldout":[],"heldoutShare":0.25,""", steps["report"], StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluates_a_tree_beside_its_chains()
    {
        var steps = Steps("""{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] }, "speculation": { "tokens": [3], "tree": { "tokens": 8, "depth": 3 } } }""");
        var tree = (EvaluateSettings)steps.Single(step => step.Id is "evaluate-tree").Settings;

        Assert.Equal((8, new TreeSettings { Tokens = 8, Depth = 3, TopK = 4 }), (tree.SpeculativeTokens, tree.Tree));
        Assert.Null(((EvaluateSettings)steps.Single(step => step.Id is "evaluate-k3").Settings).Tree);
        Assert.Equal(["evaluate-k3", "evaluate-tree"], steps[^1].Producers.TakeLast(2));
    }

    [Fact]
    public void Tells_an_evaluation_how_words_are_drawn_only_when_they_are()
    {
        SamplingSettings? Asked(string evaluation) => ((EvaluateSettings)Steps($$"""
            { "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] }, "speculation": { "drafting": "sampled" }, "evaluation": { {{evaluation}} } }
            """).Single(step => step.Id is "evaluate-k2").Settings).Sampling;

        Assert.Null(Asked("\"topK\": 5, \"topP\": 0.5, \"seed\": 7"));
        Assert.Equal(
            new SamplingSettings { Temperature = 0.5, TopK = 5, TopP = 1, Seed = 42, Drafting = Drafting.Sampled },
            Asked("\"temperature\": 0.5, \"topK\": 5"));
    }

    [Fact]
    public void Does_not_tell_the_tokenizer_of_a_share_that_it_will_not_use()
    {
        var steps = Steps("""{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"], "heldout": ["heldout.jsonl"], "heldoutShare": 0.3 } }""");
        Assert.Equal(0, ((TokenizeSettings)steps[0].Settings).HeldoutShare);
    }

    [Fact]
    public void Spells_compatibility_out_and_keeps_its_name()
    {
        var steps = Steps("""{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] }, "training": { "compatibility": "angelslim" } }""");
        var settings = (TrainSettings)steps.Single(step => step.Id is "train").Settings;
        Assert.Equal((Gate.Angelslim, Normalizer.Positions, DraftRope.Angelslim), (settings.Training.Gate, settings.Training.Normalizer, settings.Draft.Rope));
        Assert.Equal(Compatibility.Angelslim, settings.Training.Compatibility);
    }

    [Theory]
    [InlineData("\"model\": \"org/model-1\"", "org/model-1", "org/model-1")]
    [InlineData("\"model\": \"./target/\"", "target", null)]
    [InlineData("\"model\": \"target\"", "target", null)]
    [InlineData("\"builtin\": \"tiny-text\"", "tiny-text", null)]
    [InlineData("\"pretrain\": {}", "e", null)]
    public void Tells_a_target_that_a_server_finds_by_name_from_one_in_a_folder(string target, string name, string? hubId)
    {
        var steps = Steps($$"""{ "name": "e", "target": { {{target}} }, "data": { "train": ["train.jsonl"] } }""");
        var settings = (ExportSettings)steps.Single(step => step.Id is "export").Settings;
        Assert.Equal((name, hubId), (settings.TargetName, settings.TargetHubId));
    }

    [Theory]
    [InlineData("\"model\": \"org/model-1\", \"revision\": \"v1.0\"", "v1.0")]
    [InlineData("\"model\": \"org/model-1\"", null)]
    [InlineData("\"model\": \"target\"", null)]
    public void Hands_the_revision_of_a_hub_s_target_and_the_tree_to_the_launch_files(string target, string? revision)
    {
        _folder.Write("hub/models--org--model-1/refs/v1.0", "abc123");
        var steps = Steps($$"""{ "name": "e", "target": { {{target}} }, "speculation": { "tree": { "tokens": 9 } }, "data": { "train": ["train.jsonl"] } }""");
        var settings = (ExportSettings)steps.Single(step => step.Id is "export").Settings;
        Assert.Equal((revision, 9), (settings.TargetRevision, settings.Tree!.Tokens));
    }

    [Fact]
    public void Labels_its_prompts_by_what_tells_their_files_apart()
    {
        _folder.Write("benchmarks/alpaca/question.jsonl", "");
        _folder.Write("benchmarks/gsm8k/question.jsonl", "");
        var steps = Steps("""
            {
              "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] },
              "evaluation": { "prompts": ["benchmarks/gsm8k/question.jsonl", "benchmarks/alpaca/question.jsonl"] }
            }
            """);
        Assert.All(steps.Select(step => step.Settings).OfType<EvaluateSettings>(), settings => Assert.Equal(["gsm8k", "alpaca"], settings.PromptLabels));
    }

    [Fact]
    public void Has_no_place_and_no_speed_in_any_key()
    {
        _folder.Write("deep/er/train.jsonl", "");
        _folder.Write("deep/er/prompts.jsonl", "");
        _folder.Write("deep/target/config.json", "{}");
        string[] Texts(string folder, string target, int steps) =>
            [.. Steps($$"""
                {
                  "name": "e", "target": { "model": "{{target}}" }, "data": { "train": ["{{folder}}train.jsonl"], "heldout": ["heldout.jsonl"] },
                  "training": { "checkpointEvery": {{steps}} }, "evaluation": { "prompts": ["{{folder}}prompts.jsonl"] }
                }
                """).Select(step => CanonicalJson.Write(SettingsJson.Of(step.Settings, Incidentals.LeftOut)))];

        var texts = Texts("", "target", 1);

        Assert.Equal(texts, Texts("deep/er/", "deep/target", 2));
        Assert.Contains("\"train\":[\"train\"]", texts[^1], StringComparison.Ordinal);
    }

    private string[] Graph(string json) =>
        [.. Steps(json).Select(step => $"{step.Id} <- {string.Join(" ", step.Inputs.Select(input => $"{input.Key}: {Told(input.Value)}"))}".TrimEnd())];

    private IReadOnlyList<Step> Steps(string json) => ExperimentResolver.Resolve(_folder.Read(json), Contracts.All);

    private string Told(StepInput input) => input switch
    {
        FromStep step => step.StepId,
        FromSource { Source: SourceFile file } => Path.GetRelativePath(_folder.Root, file.Path),
        FromSource source => Path.GetRelativePath(_folder.Root, source.Source.Folder) + "/",
        FromMany many => $"[{string.Join(", ", many.Items.Select(Told))}]",
        _ => "nothing",
    };
}
