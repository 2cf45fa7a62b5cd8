using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Planning.Sweeps;
using AngelSlim.Core.Tests.Manifests;
using Xunit;

namespace AngelSlim.Core.Tests.Planning.Sweeps;

public sealed class A_sweep_s_graph : IDisposable
{
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Trains_once_when_only_the_speculation_is_swept() => Assert.Equal(
        [
            "tokenize", "vocabulary <- tokenize", "capture <- tokenize", "train <- tokenize vocabulary capture",
            "export@tokens=2 <- vocabulary train", "evaluate-k2@tokens=2 <- export@tokens=2 tokenize",
            "report@tokens=2 <- tokenize vocabulary train export@tokens=2 evaluate-k2@tokens=2",
            "export@tokens=4+2 <- vocabulary train", "evaluate-k4 <- export@tokens=4+2 tokenize", "evaluate-k2@tokens=4+2 <- export@tokens=4+2 tokenize",
            "report@tokens=4+2 <- tokenize vocabulary train export@tokens=4+2 evaluate-k4 evaluate-k2@tokens=4+2",
        ],
        Graph("""{ "grid": { "speculation.tokens": [[2], [4, 2]] } }"""));

    [Fact]
    public void Tokenizes_once_when_only_the_training_is_swept() => Assert.Equal(
        [
            "tokenize", "vocabulary", "capture",
            "train@unroll=3", "export@unroll=3", "evaluate-k2@unroll=3", "evaluate-k4@unroll=3", "report@unroll=3",
            "train@unroll=5", "export@unroll=5", "evaluate-k2@unroll=5", "evaluate-k4@unroll=5", "report@unroll=5",
        ],
        Ids("""{ "grid": { "training.unroll": [3, 5] } }"""));

    [Fact]
    public void Names_a_step_by_no_more_settings_than_tell_it_from_its_like() => Assert.Equal(
        [
            "tokenize", "vocabulary", "capture@hiddenLayers=0+1+2", "train@hiddenLayers=0+1+2", "export@hiddenLayers=0+1+2",
            "evaluate-k2@hiddenLayers=0+1+2,maxNewTokens=8", "evaluate-k4@hiddenLayers=0+1+2,maxNewTokens=8", "report@hiddenLayers=0+1+2,maxNewTokens=8",
        ],
        Ids("""{ "grid": { "draft.hiddenLayers": [[0, 1, 2], null], "evaluation.maxNewTokens": [8, 16], "target.dtype": ["float32"] } }""")[..8]);

    [Fact]
    public void Of_settings_that_always_change_together_names_the_first() => Assert.Contains(
        "train@unroll=5",
        Ids("""{ "zip": [{ "training.unroll": [3, 5], "training.batchRows": [4, 2] }] }"""));

    [Fact]
    public void Keeps_settings_apart_that_end_alike()
    {
        var ids = Ids("""{ "grid": { "target.model": [null], "target.pretrain.seed": [1, 2], "training.seed": [3, 4] } }""");
        Assert.Contains("pretrain@pretrain.seed=2", ids);
        Assert.Contains("train@pretrain.seed=2,training.seed=3", ids);
    }

    [Theory]
    [InlineData("\"data.train\"", "[[\"train.jsonl\"], [\"more.jsonl\"]]", "tokenize@train=train.jsonl", "tokenize@train=more.jsonl")]
    [InlineData("\"data.train\"", "[[\"./train.jsonl\", \"more.jsonl\"], [\"more.jsonl\"]]", "tokenize@train=.-train.jsonl+more.jsonl-6dbfab", "tokenize@train=more.jsonl")]
    [InlineData("\"training.learningRate\"", "[1e-3, 0.00001]", "train@learningRate=0.001", "train@learningRate=1E-05")]
    [InlineData("\"draft.normBeforeFc\"", "[true, false]", "train@normBeforeFc=true", "train@normBeforeFc=false")]
    [InlineData("\"training.steps\"", "[null, 5]", "train@steps=null", "train@steps=5")]
    [InlineData("\"data.heldout\"", "[[], [\"heldout.jsonl\"]]", "tokenize@heldout=4f53cd", "tokenize@heldout=heldout.jsonl")]
    [InlineData("\"target\"", "[{ \"builtin\": \"tiny-text\" }, { \"model\": \"target\" }]", "tokenize@target=builtin-tiny-text-f34de2", "tokenize@target=model-target-fab469")]
    public void Writes_values_as_words_that_need_no_quotes(string path, string values, params string[] expected)
    {
        var ids = Ids($$"""{ "grid": { {{path}}: {{values}} } }""");
        Assert.All(ids, id => Assert.Matches(@"\A[A-Za-z0-9._@=,+-]+\z", id));
        Assert.All(expected, id => Assert.Contains(id, ids));
    }

    [Fact]
    public void Of_one_point_is_that_of_the_point_alone() => Assert.Equal(
        Ids(null), Ids("""{ "grid": { "training.unroll": [3] } }"""));

    [Fact]
    public void Has_the_steps_of_points_that_come_to_the_same_once()
    {
        // How often a checkpoint is written changes no result; how many files there are decides whether the share counts.
        Assert.Equal(Ids(null), Ids("""{ "grid": { "training.checkpointEvery": [5, 10] } }"""));
        Assert.Equal(
            ["tokenize@heldout=heldout.jsonl", "tokenize@heldoutShare=0.1,heldout=4f53cd", "tokenize@heldoutShare=0.2,heldout=4f53cd"],
            Ids("""{ "grid": { "data.heldoutShare": [0.1, 0.2], "data.heldout": [["heldout.jsonl"], []] } }""").Where(id => id.StartsWith("tokenize", StringComparison.Ordinal)));
    }

    [Fact]
    public void Gives_each_point_the_keys_that_it_has_alone()
    {
        const string sweep = """{ "grid": { "training.unroll": [3, 5], "speculation.tokens": [[2], [4, 2]], "data.maxTokens": [64, 128] } }""";
        var graph = Merged(sweep);
        Assert.Equal(8, graph.Points.Count);
        var whole = Identities(graph.Steps);
        foreach (var point in graph.Points)
        {
            var alone = JsonNode.Parse(ManifestFolder.Least)!;
            foreach (var setting in point.Point.Settings)
            {
                var names = setting.Axis.Path.Split('.');
                alone[names[0]] ??= new JsonObject();
                alone[names[0]]![names[1]] = JsonNode.Parse(setting.Text);
            }

            var own = ExperimentResolver.Resolve(_folder.Read(alone.ToJsonString()), Contracts.All);
            Assert.Equal(own.Select(step => Identities(own)[step.Id]), point.Steps.Select(step => whole[step.Id]));
        }
    }

    /// <summary>For each step what its key is made of, inputs included.</summary>
    private static Dictionary<string, string> Identities(IReadOnlyList<Step> steps)
    {
        var identities = new Dictionary<string, string>();
        string Told(StepInput input) => input switch
        {
            FromStep from => identities[from.StepId],
            FromMany many => string.Join(';', many.Items.Select(Told)),
            _ => input.ToString()!,
        };
        foreach (var step in steps)
        {
            identities[step.Id] = Core.Artifacts.Digest.Of($"{step.Stage.Name} {CanonicalJson.Write(SettingsJson.Of(step.Settings, Incidentals.LeftOut))} {string.Join(' ', step.Inputs.Select(input => $"{input.Key}: {Told(input.Value)}"))}").Hex;
        }

        return identities;
    }

    private string[] Graph(string sweep) =>
        [.. Merged(sweep).Steps.Select(step => $"{step.Id} <- {string.Join(' ', step.Inputs.Values.SelectMany(Producers))}".TrimEnd(' ', '<', '-'))];

    private string[] Ids(string? sweep) => [.. Merged(sweep).Steps.Select(step => step.Id)];

    private SweepGraph Merged(string? sweep) => SweepGraph.Of(_folder.Read(sweep is null ? ManifestFolder.Least : Least($"\"sweep\": {sweep}")), Contracts.All);

    private static string Least(string more) => $"{ManifestFolder.Least[..^2]},\n{more} }}";

    private static IEnumerable<string> Producers(StepInput input) => input switch
    {
        FromStep from => [from.StepId],
        FromMany many => many.Items.SelectMany(Producers),
        _ => [],
    };
}
