using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Tests.Manifests;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Toy;
using CsCheck;
using Xunit;

namespace AngelSlim.Core.Tests.Planning;

/// <summary>What a key knows, and what it must not know.</summary>
public sealed class A_key
{
    private static readonly Step[] Steps = OfEveryStage();

    [Fact]
    public void Changes_with_every_setting_of_every_stage_but_the_incidental()
    {
        var changes = (from step in Steps
                       from change in SettingChanges.Of(step.Stage.Settings)
                       let isSame = KeyOf(step) == KeyOf(step with { Settings = change.Apply(step.Settings) })
                       select (name: $"{step.Stage.Name}.{change.Path}", change.IsIncidental, isSame)).ToList();

        Assert.Equal(["ask.concurrency", "ask.retries", "ask.servers", "ask.timeoutSeconds", "pretrain.checkpointEvery", "train.maxTokens", "train.training.checkpointEvery", "train.training.recompute"], changes.Where(change => change.IsIncidental).Select(change => change.name).Order());
        Assert.True(changes.Count > 40, $"only {changes.Count} settings were found");
        Assert.All(changes, change => Assert.True(change.isSame == change.IsIncidental, change.name));
    }

    [Fact]
    public void Is_the_same_for_any_id_order_and_incidental_settings_and_another_as_soon_as_one_setting_is() => Gen.Select(Any, Gen.Int[0, int.MaxValue], Gen.String).Sample(sample =>
    {
        var (step, seed, id) = (sample.Item1, sample.Item2, sample.Item3);
        var random = new Random(seed);
        var changes = SettingChanges.Of(step.Stage.Settings).Where(change => random.Next(change.IsIncidental ? 2 : 8) is 0).ToList();
        var inputs = step.Inputs.ToArray();
        random.Shuffle(inputs);
        var changed = step with { Id = id, Settings = changes.Aggregate(step.Settings, (settings, change) => change.Apply(settings)), Inputs = inputs.ToDictionary() };

        return KeyOf(step) == KeyOf(changed) == changes.TrueForAll(change => change.IsIncidental);
    });

    [Fact]
    public void Does_not_depend_on_the_order_of_members_of_a_setting() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        var report = Steps.Single(step => step.Settings is ReportSettings);
        var shuffled = new ReportSettings { Experiment = Shuffled(((ReportSettings)report.Settings).Experiment, new Random(seed)) };
        return KeyOf(report) == KeyOf(report with { Settings = shuffled });
    });

    [Fact]
    public void Changes_with_the_content_of_any_input() => Gen.Select(Any, Gen.Int[0, 999], Gen.String).Sample(sample =>
    {
        var (step, place, content) = (sample.Item1, sample.Item2, sample.Item3);
        var leaves = step.Inputs.Sum(input => input.Value.Leaves.Count(leaf => leaf is not Absent));
        return leaves is 0 || KeyOf(step) != KeyOf(step, place % leaves, content);
    });

    [Fact]
    public void Changes_with_the_version_and_the_device_of_a_stage() => Gen.Select(Any, Gen.Int[2, 1000], Gen.Bool).Sample(sample =>
    {
        var step = sample.Item1;
        return new[] { step, step with { Stage = new Variant(step.Stage) { Version = sample.Item2 } }, step with { Stage = new Variant(step.Stage) { Device = sample.Item3 ? "cuda" : "mps" } }, step with { Stage = new Variant(step.Stage) { Name = step.Stage.Name + "x" } } }
            .Select(each => KeyOf(each)).Distinct().Count() is 4;
    });

    [Fact]
    public void Does_not_know_where_files_lie()
    {
        using var folder = new TemporaryFolder();
        using var toy = new ToyStore(folder.At("store"));
        StepKey KeyAt(string place, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.At(place))!);
            File.WriteAllText(folder.At(place), text);
            return toy.Plan(ToyStore.Write("a", source: folder.At(place))).Steps.Single().Recipe!.Key;
        }

        Gen.Select(Gen.String[Gen.Char['a', 'z'], 1, 8], Gen.String[Gen.Char['a', 'z'], 1, 8], Gen.String[Gen.Char.AlphaNumeric, 0, 20]).Sample(
            sample => KeyAt($"one/{sample.Item1}", sample.Item3) == KeyAt($"two/{sample.Item2}/x", sample.Item3) && KeyAt("one/other", sample.Item3 + "!") != KeyAt("one/other", sample.Item3),
            iter: 50, threads: 1);
    }

    private static Gen<Step> Any => Gen.Int[0, Steps.Length - 1].Select(i => Steps[i]);

    private static Step[] OfEveryStage()
    {
        using var folder = new ManifestFolder();
        string[] manifests =
        [
            """{ "name": "e", "target": { "pretrain": {} }, "data": { "train": ["train.jsonl", "more.jsonl"], "heldout": ["heldout.jsonl"] }, "evaluation": { "prompts": ["prompts.jsonl"] } }""",
            ManifestFolder.Least,
            """{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] }, "regenerate": { "temperature": 1 } }""",
            """{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] }, "regenerate": { "engine": "openai", "servers": ["http://a"], "temperature": 1 } }""",
        ];
        return [.. manifests.SelectMany(json => ExperimentResolver.Resolve(folder.Read(json), Contracts.All)).DistinctBy(step => step.Stage.Name)];
    }

    /// <summary>The key, with contents made up from the places of the inputs.</summary>
    /// <param name="step">The step.</param>
    /// <param name="changed">The place, over all inputs, that has another content.</param>
    /// <param name="content">That content.</param>
    private static StepKey KeyOf(Step step, int changed = -1, string content = "")
    {
        var place = 0;
        JsonNode? Content(StepInput input) => input switch
        {
            FromMany many => new JsonArray([.. many.Items.Select(Content)]),
            Absent => null,
            _ => Digest.Of(place++ == changed ? $"other {content}" : $"{place}").Hex,
        };
        return Recipe.Of(step, step.Inputs.OrderBy(input => input.Key, StringComparer.Ordinal).ToDictionary(input => input.Key, input => Content(input.Value))).Key;
    }

    private static JsonObject Shuffled(JsonObject json, Random random)
    {
        var members = json.ToArray();
        random.Shuffle(members);
        return new(members.Select(member => KeyValuePair.Create(member.Key, member.Value is JsonObject inner ? Shuffled(inner, random) : member.Value?.DeepClone())));
    }

    private sealed class Variant(IStage stage) : IStage
    {
        public string Name { get; init; } = stage.Name;

        public int Version { get; init; } = stage.Version;

        public string? Device { get; init; } = stage.Device;

        public Type Settings => stage.Settings;

        public Type Inputs => stage.Inputs;

        public Type Output => stage.Output;

        public IReadOnlyList<string> Unsteady => stage.Unsteady;

        public Needs NeedsOf(object settings, object inputs) => stage.NeedsOf(settings, inputs);

        public void Run(object settings, object inputs, StageContext context) => stage.Run(settings, inputs, context);
    }
}
