using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class A_manifest : IDisposable
{
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Needs_a_name_a_target_and_data_and_nothing_else()
    {
        var read = _folder.Read(ManifestFolder.Least);
        Assert.Equal("e", read.Experiment.Name);
        Assert.Equal(Path.Combine(_folder.Root, "target"), read.Sources.Target);
        Assert.Equal([Path.Combine(_folder.Root, "train.jsonl")], read.Sources.Train);
        Assert.Equal(new TrainingSettings(), read.Experiment.Training);
        Assert.Empty(read.Warnings);
    }

    [Fact]
    public void Says_everything_that_its_records_can_hold()
    {
        var read = _folder.Read("""
            {
              // Comments and trailing commas are welcome.
              "$schema": "../schemas/experiment.schema.json",
              "name": "all-1.0_x",
              "target": { "pretrain": { "layers": 6, "steps": 2.0, "seed": 1e1 }, "dtype": "bfloat16" },
              "modality": "text", "mode": "online",
              "data": { "train": ["train.jsonl", "./more.jsonl"], "heldout": ["heldout.jsonl"], "maxTokens": 512, "onBadRow": "skip" },
              "draft": { "vocabulary": null, "hiddenLayers": [1, 5, 8], "normBeforeFc": false, "fcNorm": true, "initialDeviation": 0.02 },
              "training": { "learningRate": 1e-4, "gate": "next", "optimizer": "adamw", "schedule": "constant" },
              "speculation": { "tokens": [4, 1] },
              "evaluation": { "prompts": ["prompts.jsonl"], "promptsPerFile": 5 },
              "expect": { "acceptanceLengthAtLeast": { "4": 3, "1": 1.5 } }, /* the end */
            }
            """).Experiment;
        Assert.Equal((6, 2, 10), (read.Target.Pretrain!.Layers, read.Target.Pretrain.Steps, read.Target.Pretrain.Seed));
        Assert.Equal((Dtype.Bfloat16, Mode.Online, OnBadRow.Skip), (read.Target.Dtype, read.Mode, read.Data.OnBadRow));
        Assert.Null(read.Draft.Vocabulary);
        Assert.Equal([1, 5, 8], read.Draft.HiddenLayers!);
        Assert.Equal((1e-4, Gate.Next, OptimizerKind.Adamw), (read.Training.LearningRate, read.Training.Gate, read.Training.Optimizer));
        Assert.Equal([4, 1], read.Speculation.Tokens);
        Assert.Equal(3.0, read.Expect!.AcceptanceLengthAtLeast["4"]);
    }

    [Fact]
    public void With_ten_mistakes_has_ten_problems_in_source_order()
    {
        var problems = _folder.Problems("""
            {
              "nmae": "x",
              "name": "has space",
              "target": { "model": "target", "dtype": "float" },
              "mode": null,
              "data": { "train": ["train.jsonl", 7, "träin.jsonl"], "maxTokens": 8 },
              "training": { "epochs": "two", "gate": "exact", "gate": "next" },
              "maxNewTokens": 5
            }
            """);
        Assert.Equal(10, problems.Length);
        Golden.Matches("ten-mistakes.txt", string.Join("\n", problems) + "\n");
    }

    [Theory]
    [InlineData("{ \"name\": \"e\" ", "e.json(1,15): error ASL0001: Not JSON: ")]
    [InlineData("", "e.json(1,1): error ASL0001: Not JSON: ")]
    [InlineData("{}\n{}", "e.json(2,1): error ASL0001: Not JSON: ")]
    [InlineData("{\n  \"é\": tru\n}", "e.json(2,11): error ASL0001: Not JSON: ")]
    [InlineData("{ \"name\": \"\\ud800\" }", "e.json(1,11): error ASL0001: The text has half of a surrogate pair")]
    [InlineData("[1]", "e.json(1,1): error ASL0005: The manifest is a list; expected an object.")]
    public void That_is_not_json_is_refused_at_its_place(string json, string problem) =>
        Assert.StartsWith(problem, _folder.Problem(json)["FOLDER/".Length..], StringComparison.Ordinal);

    [Fact]
    public void That_is_too_deep_too_large_not_text_or_not_there_is_refused()
    {
        Assert.Contains("(1,33): error ASL0001", _folder.Problem(new string('[', 40)), StringComparison.Ordinal);
        Assert.Contains("larger than 1048576 bytes", _folder.Problem(new string(' ', 1 << 20) + "{}"), StringComparison.Ordinal);

        File.WriteAllBytes(_folder.Manifest, [.. "{\n\"é\": \""u8, 0xFF, .. "\"}"u8]);
        Assert.Contains("e.json(2,7): error ASL0001: The byte 0xFF is not UTF-8", Refusal(_folder.Manifest), StringComparison.Ordinal);
        Assert.Contains("none.json: error ASL0007: The manifest cannot be read: ", Refusal(Path.Combine(_folder.Root, "none.json")), StringComparison.Ordinal);
        Assert.Contains("error ASL0007", Refusal(_folder.Root), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_counted_from_behind_its_byte_order_mark()
    {
        File.WriteAllBytes(_folder.Manifest, [0xEF, 0xBB, 0xBF, .. "{ \"x\": 1, \"name\": \"e\", \"target\": { \"model\": \"target\" }, \"data\": { \"train\": [\"train.jsonl\"] } }"u8]);
        Assert.Contains("e.json(1,3): error ASL0002", Refusal(_folder.Manifest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"training\": { \"epoch\": 1 }", "(2,15): error ASL0002: 'epoch' is not a setting of 'training'; did you mean 'epochs'?")]
    [InlineData("\"Mode\": \"online\"", "(2,1): error ASL0002: 'Mode' is not a setting of a manifest; did you mean 'mode'?")]
    [InlineData("\"unroll\": 1", "(2,1): error ASL0002: 'unroll' is not a setting of a manifest; did you mean 'training.unroll'?")]
    [InlineData("\"speculation\": { \"k\": 1 }", "(2,18): error ASL0002: 'k' is not a setting of 'speculation'; expected one of tokens, tree, drafting.")]
    [InlineData("\"a\\nb\": 1", "(2,1): error ASL0002: 'a\\u000ab' is not a setting of a manifest; expected one of name, target, modality, mode, data, draft, training, speculation, export, evaluation, regenerate, expect, sweep.")]
    [InlineData("\"name\": \"f\"", "(2,1): error ASL0003: 'name' is given twice, first in line 1; keep one.")]
    [InlineData("\"expect\": { \"acceptanceLengthAtLeast\": { \"2\": 1, \"2\": 1 } }", "(2,50): error ASL0003: 'expect.acceptanceLengthAtLeast.2' is given twice, first in line 2; keep one.")]
    [InlineData("\"training\": null", "(2,13): error ASL0005: 'training' is null; expected an object.")]
    [InlineData("\"draft\": { \"normBeforeFc\": \"yes\" }", "(2,28): error ASL0005: 'draft.normBeforeFc' is the text 'yes'; expected true or false.")]
    [InlineData("\"training\": { \"epochs\": 0 }", "(2,25): error ASL0006: 'training.epochs' is 0; expected 1 to 1000.")]
    [InlineData("\"training\": { \"seed\": 99999999999 }", "(2,23): error ASL0006: 'training.seed' is 99999999999; expected 0 to 2147483647.")]
    [InlineData("\"training\": { \"learningRate\": 1e999 }", "(2,31): error ASL0006: 'training.learningRate' is 1e999; expected 1E-08 to 1.")]
    [InlineData("\"training\": { \"learningRate\": 2 }", "(2,31): error ASL0006: 'training.learningRate' is 2; expected 1E-08 to 1.")]
    [InlineData("\"speculation\": { \"tokens\": [] }", "(2,28): error ASL0006: 'speculation.tokens' has 0 items; expected at least 1.")]
    [InlineData("\"speculation\": { \"tokens\": [2, 17] }", "(2,32): error ASL0006: 'speculation.tokens[1]' is 17; expected 1 to 16.")]
    [InlineData("\"speculation\": { \"tokens\": [2, 2] }", "(2,32): error ASL0006: 'speculation.tokens[1]' is 2 again; expected no item twice.")]
    [InlineData("\"draft\": { \"hiddenLayers\": [1, 2] }", "(2,28): error ASL0006: 'draft.hiddenLayers' has 2 items; expected 3.")]
    [InlineData("\"draft\": { \"hiddenLayers\": [1, 5, 3] }", "(2,28): error ASL0006: 'draft.hiddenLayers' is 1, 5, 3; expected ascending layers: 1, 3, 5.")]
    [InlineData("\"draft\": { \"hiddenLayers\": [-1, 5, 7] }", "(2,29): error ASL0006: 'draft.hiddenLayers[0]' is -1; expected 0 to 1000.")]
    [InlineData("\"expect\": { \"acceptanceLengthAtLeast\": { \"2\": 1e999 } }", "(2,47): error ASL0006: 'expect.acceptanceLengthAtLeast.2' is 1e999; expected 1 to 17.")]
    [InlineData("\"training\": { \"gate\": \"Exact\" }", "(2,23): error ASL0009: 'training.gate' is 'Exact'; expected 'exact' or 'all' or 'next' or 'angelslim'; did you mean 'exact'?")]
    public void With_a_setting_that_is_wrong_by_itself_says_what_is_right(string more, string problem) =>
        Assert.Equal("FOLDER/e.json" + problem, _folder.Problem(Least(more)));

    [Theory]
    [InlineData("\"draft\": { \"fcNorm\": true }", "(2,22): error ASL0008: 'draft.fcNorm' is true, and 'draft.normBeforeFc' is true by default;")]
    [InlineData("\"draft\": { \"fcNorm\": true, \"normBeforeFc\": true }", "(2,22): error ASL0008: 'draft.fcNorm' is true, and 'draft.normBeforeFc' is true;")]
    [InlineData("\"draft\": { \"head\": \"random\", \"freezeHead\": true }", "(2,44): error ASL0008: A 'draft.head' that starts random and is frozen")]
    [InlineData("\"training\": { \"compatibility\": \"angelslim\", \"gate\": \"exact\" }", "(2,53): error ASL0008: 'training.gate' is 'exact', but 'training.compatibility' sets it to 'angelslim';")]
    [InlineData("\"draft\": { \"rope\": \"target\" }, \"training\": { \"compatibility\": \"angelslim\" }", "(2,20): error ASL0008: 'draft.rope' is 'target', but")]
    [InlineData("\"expect\": { \"acceptanceLengthAtLeast\": { \"3\": 1.5 } }", "(2,47): error ASL0009: '3' is not measured; expected one of 'speculation.tokens': 2, 4.")]
    [InlineData("\"expect\": { \"acceptanceLengthAtLeast\": { \"2.5\": 1.5 } }", "(2,49): error ASL0009: '2.5' is not measured;")]
    [InlineData("\"expect\": { \"acceptanceLengthAtLeast\": { \"2\": 3.5 } }", "(2,47): error ASL0006: 'expect.acceptanceLengthAtLeast.2' is 3.5; with 2 speculative tokens a round yields 1 to 3 tokens,")]
    [InlineData("\"speculation\": { \"tree\": { \"tokens\": 21, \"depth\": 2 } }", "(2,38): error ASL0008: 'speculation.tree.tokens' is 21, but 2 levels of 4 words each have 20 candidates; expected at most these.")]
    [InlineData("\"speculation\": { \"tree\": {}, \"drafting\": \"sampled\" }, \"evaluation\": { \"temperature\": 1 }", "(2,42): error ASL0008: 'speculation.drafting' is 'sampled', but a tree has the draft's best words at each place,")]
    [InlineData("\"speculation\": { \"tree\": {} }, \"expect\": { \"acceptanceLengthAtLeast\": { \"tree\": 5.5 } }", "(2,81): error ASL0006: 'expect.acceptanceLengthAtLeast.tree' is 5.5; with 4 speculative tokens a round yields 1 to 5 tokens,")]
    [InlineData("\"evaluation\": { \"temperature\": 1e-9 }", "(2,32): error ASL0006: 'evaluation.temperature' is 1E-09; expected 0, which takes the best word, or 1E-06 to 100.")]
    [InlineData("\"evaluation\": { \"stop\": [\"a\", \"\"] }", "(2,31): error ASL0006: 'evaluation.stop[1]' is empty,")]
    [InlineData("\"evaluation\": { \"prompts\": [\"prompts.jsonl\", \"no.jsonl\"] }", "(2,46): error ASL0007: There is no file 'no.jsonl' in FOLDER; paths are relative to the manifest.")]
    public void With_settings_that_are_wrong_together_says_which(string more, string problem) =>
        Assert.StartsWith("FOLDER/e.json" + problem, _folder.Problem(Least(more)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{}", "(1,26): error ASL0004: 'target' names no model; give one of 'model', 'builtin', 'pretrain' and 'random'.")]
    [InlineData("{ \"model\": null }", "(1,26): error ASL0004: 'target' names no model;")]
    [InlineData("{ \"model\": \"target\", \"builtin\": \"tiny-text\" }", "(1,58): error ASL0008: 'target' has both 'model' and 'builtin'; keep one.")]
    [InlineData("{ \"model\": \"nowhere/at/all\" }", "(1,37): error ASL0007: There is no folder 'nowhere/at/all' in FOLDER; paths are relative to the manifest.")]
    [InlineData("{ \"model\": \"empty\" }", "(1,37): error ASL0007: The folder FOLDER/empty has no config.json;")]
    [InlineData("{ \"model\": \"org/model-2\" }", "(1,37): error ASL0007: 'org/model-2' is neither a folder beside the manifest nor a model in the hub cache FOLDER/hub; --offline forbids to download it.")]
    [InlineData("{ \"model\": \"org/part\" }", "(1,37): error ASL0007: 'org/part' is in the hub cache, but FOLDER/hub/models--org--part/snapshots/abc123 has no config.json; --offline")]
    [InlineData("{ \"model\": \"org/model-1\", \"revision\": \"../x\" }", "(1,64): error ASL0006: 'target.revision' is the text '../x'; expected a text that matches ")]
    [InlineData("{ \"model\": \"org/model-1\", \"revision\": \"v1\" }", "(1,37): error ASL0007: 'org/model-1@v1' is in the hub cache, but there is no FOLDER/hub/models--org--model-1/refs/v1; --offline")]
    [InlineData("{ \"model\": \"a\\u0000b\" }", "(1,37): error ASL0007: There is no folder 'a\\u0000b'")]
    [InlineData("{ \"builtin\": \"tiny-txt\" }", "(1,39): error ASL0009: 'target.builtin' is 'tiny-txt'; expected 'tiny-text'; did you mean 'tiny-text'?")]
    [InlineData("{ \"builtin\": \"../target\" }", "(1,39): error ASL0009: 'target.builtin' is '../target'; expected 'tiny-text'")]
    [InlineData("{ \"pretrain\": { \"layers\": 3 } }", "(1,52): error ASL0006: 'target.pretrain.layers' is 3; expected 4 to 64.")]
    public void Names_one_target_that_is_there(string target, string problem) => Assert.StartsWith(
        "FOLDER/e.json" + problem,
        _folder.Problem($$"""{ "name": "e", "target": {{target}}, "data": { "train": ["train.jsonl"] } }"""),
        StringComparison.Ordinal);

    [Fact]
    public void Must_leave_something_to_evaluate_on()
    {
        const string start = """{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"], """;
        Assert.Contains("(1,101): error ASL0008: Nothing is left to evaluate on", _folder.Problem(start + "\"heldoutShare\": 0 } }"), StringComparison.Ordinal);
        _folder.Read(start + "\"heldoutShare\": 0 }, \"evaluation\": { \"prompts\": [\"prompts.jsonl\"] } }");
    }

    [Theory]
    [InlineData("\"train\": [\"train.jsonl\", \"./train.jsonl\"]", "(1,84): error ASL0008: The file './train.jsonl' is named before in another spelling; remove one of them.")]
    [InlineData("\"train\": [\"train.jsonl\"], \"heldout\": [\"train.jsonl\"]", "(1,97): error ASL0008: The file 'train.jsonl' is among the training files too; remove one of them.")]
    public void Names_each_file_of_rows_once(string data, string problem) =>
        Assert.Equal("FOLDER/e.json" + problem, _folder.Problem($$"""{ "name": "e", "target": { "model": "target" }, "data": { {{data}} } }"""));

    [Fact]
    public void Is_not_measured_on_a_file_that_it_trains_on() => Assert.Equal(
        "FOLDER/e.json(1,115): error ASL0008: The file './train.jsonl' is among the training files too; remove one of them.",
        _folder.Problem("""{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] }, "evaluation": { "prompts": ["./train.jsonl"] } }"""));

    [Fact]
    public void Has_one_problem_for_an_item_that_is_of_the_wrong_type_and_there_twice() => Assert.Equal(
        [
            "FOLDER/e.json(1,69): error ASL0005: 'data.train[0]' is 7; expected text.",
            "FOLDER/e.json(1,72): error ASL0005: 'data.train[1]' is 7; expected text.",
        ],
        _folder.Problems("""{ "name": "e", "target": { "model": "target" }, "data": { "train": [7, 7] } }"""));

    [Fact]
    public void Has_a_name_that_is_not_empty() => Assert.StartsWith(
        "FOLDER/e.json(1,11): error ASL0006: 'name' is the text ''; expected a text that matches ",
        _folder.Problem("""{ "name": "", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] } }"""),
        StringComparison.Ordinal);

    [Fact]
    public void Finds_a_target_in_the_hub_cache() => Assert.Equal(
        Path.Combine(_folder.Root, "hub/models--org--model-1/snapshots/abc123"),
        _folder.Read("""{ "name": "e", "target": { "model": "org/model-1" }, "data": { "train": ["train.jsonl"] } }""").Sources.Target);

    [Fact]
    public void Is_warned_of_settings_that_are_not_used()
    {
        var read = _folder.Read("""
            {
              "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"], "heldout": ["heldout.jsonl"], "heldoutShare": 0.1 },
              "training": { "steps": 5, "epochs": 1 }
            }
            """);
        Assert.Equal(
            [
                "FOLDER/e.json(2,131): warning ASL0008: 'data.heldoutShare' is not used, because 'data.heldout' names files; remove one of them.",
                "FOLDER/e.json(3,39): warning ASL0008: 'training.epochs' is not used, because 'training.steps' is given; remove one of them.",
            ],
            read.Warnings.Select(_folder.Told));
    }

    [Theory]
    [InlineData("\"model\": \"target\"", "'target' is a folder")]
    [InlineData("\"builtin\": \"tiny-text\"", "'target.model' names no model of the hub")]
    public void Is_warned_of_a_revision_of_what_has_none(string target, string why) => Assert.Contains(
        $"warning ASL0008: 'target.revision' is not used, because {why}; remove it.",
        _folder.Told(Assert.Single(_folder.Read($$"""{ "name": "e", "target": { {{target}}, "revision": "v1" }, "data": { "train": ["train.jsonl"] } }""").Warnings)), StringComparison.Ordinal);

    [Fact]
    public void Knows_where_each_setting_stands()
    {
        var read = _folder.Read(Least("\"expect\": { \"acceptanceLengthAtLeast\": { \"4\": 2 } }"));
        Assert.Equal("(2,47)", read.PlaceOf("expect", "acceptanceLengthAtLeast", "4").ToString()[_folder.Manifest.Length..]);
        Assert.Equal("(1,1)", read.PlaceOf("training", "epochs").ToString()[_folder.Manifest.Length..]);
    }

    [Theory]
    [InlineData("\"keep\": \"best\"", "'training.keep'")]
    [InlineData("\"patience\": 3", "'training.patience'")]
    [InlineData("\"snapshots\": 1", "'training.snapshots'")]
    public void That_asks_for_the_best_step_needs_rows_to_judge_by(string asking, string named)
    {
        var text = Least($"\"evaluation\": {{ \"prompts\": [\"prompts.jsonl\"] }}, \"training\": {{ {asking} }}").Replace("\"train.jsonl\"]", "\"train.jsonl\"], \"heldoutShare\": 0", StringComparison.Ordinal);
        Assert.Contains($"error ASL0008: {named} asks which step is best, and no row is held out", _folder.Problem(text), StringComparison.Ordinal);
    }

    private static string Least(string more) => $"{ManifestFolder.Least[..^2]},\n{more} }}";

    private string Refusal(string path) =>
        Assert.Single(Assert.Throws<UserException>(() => ExperimentReader.Read(path, _folder.Surroundings)).Problems).ToString();
}
