using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class A_changed_manifest : IDisposable
{
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Has_the_values_of_the_options_each_of_its_setting_s_type()
    {
        var read = Read(
            "--set training.steps=50", "--set name=7", "--set mode=online", "--set speculation.tokens=[1, 3]", "--set draft.vocabulary=null",
            "--set training.learningRate=1e-4", "--set draft.normBeforeFc=false", "--set target.dtype=\"bfloat16\"", "--set expect.acceptanceLengthAtLeast.3=1.5",
            "--set data={ \"train\": [\"more.jsonl\"], } // beside the manifest").Experiment;
        Assert.Equal((50, "7", Mode.Online, null), (read.Training.Steps, read.Name, read.Mode, read.Draft.Vocabulary));
        Assert.Equal([1, 3], read.Speculation.Tokens);
        Assert.Equal((1e-4, false, Dtype.Bfloat16), (read.Training.LearningRate, read.Draft.NormBeforeFc, read.Target.Dtype));
        Assert.Equal(1.5, read.Expect!.AcceptanceLengthAtLeast["3"]);
        Assert.Equal(["more.jsonl"], read.Data.Train);
    }

    [Theory]
    [InlineData("name=\"a\"", "a")]
    [InlineData("name=null", "null")]
    [InlineData("name=true", "true")]
    public void Takes_a_text_without_quotes_and_with_them(string change, string name) =>
        Assert.Equal(name, Read("--set " + change).Experiment.Name);

    [Fact]
    public void Has_null_where_a_text_may_be_null() =>
        Assert.Null(Read("--set target.builtin=null").Experiment.Target.Builtin);

    [Fact]
    public void Is_changed_in_the_order_of_the_options()
    {
        Assert.Equal(new TrainingSettings(), Read("--set training.unroll=5", "--unset training").Experiment.Training);
        Assert.Equal(new TrainingSettings { Unroll = 5 }, Read("--set training.epochs=9", "--unset training", "--set training.unroll=5").Experiment.Training);
        Assert.Equal(2, Read("--set training.unroll=1", "--set training.unroll=2").Experiment.Training.Unroll);
    }

    [Fact]
    public void Takes_a_value_from_a_file_whose_places_are_its_own()
    {
        _folder.Write("training.json", "{ \"epochs\": 3 } // of another experiment");
        Assert.Equal(3, Read($"--set-file training={_folder.Root}/training.json").Experiment.Training.Epochs);

        _folder.Write("training.json", "{\n  \"epochs\": 0 }");
        Assert.Equal(["FOLDER/training.json(2,13): error ASL0006: 'training.epochs' is 0; expected 1 to 1000."], Problems($"--set-file training={_folder.Root}/training.json"));
        Assert.Contains("FOLDER/no.json: error ASL0007: The file of --set-file cannot be read: ", Assert.Single(Problems($"--set-file training={_folder.Root}/no.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--set training.stepz=5", "(1,16): error ASL0002: 'stepz' is not a setting of 'training'; did you mean 'steps'?")]
    [InlineData("--set trainin.steps=5", "(1,7): error ASL0002: 'trainin' is not a setting of a manifest; did you mean 'training'?")]
    [InlineData("--set training.steps=two", "(1,22): error ASL0005: 'training.steps' is the text 'two'; expected a whole number.")]
    [InlineData("--set training.steps=0", "(1,22): error ASL0006: 'training.steps' is 0; expected 1 to 100000000.")]
    [InlineData("--set training=5", "(1,16): error ASL0005: 'training' is 5; expected an object.")]
    [InlineData("--set data.train=[\"train.jsonl\", \"no.jsonl\"]", "(1,34): error ASL0007: There is no file 'no.jsonl' in FOLDER; paths are relative to the manifest.")]
    [InlineData("--set speculation.tokens=[2, 17]", "(1,30): error ASL0006: 'speculation.tokens[1]' is 17; expected 1 to 16.")]
    [InlineData("--set speculation.tokens=[2,", "(1,28): error ASL0001: Not JSON: Expected start of a property name or value, but instead reached end of data.")]
    [InlineData("--set mode=onlin", "(1,12): error ASL0009: 'mode' is 'onlin'; expected 'offline' or 'online'; did you mean 'online'?")]
    [InlineData("--set draft.fcNorm=true", "(1,20): error ASL0008: 'draft.fcNorm' is true, and 'draft.normBeforeFc' is true by default; set 'normBeforeFc' to false, or leave 'fcNorm' out.")]
    [InlineData("--set name.first=a", "(1,7): error ASL0005: 'name' is an object; expected text.")]
    [InlineData("--unset training.stepz", "(1,18): error ASL0002: 'stepz' is not a setting of 'training'; did you mean 'steps'?")]
    [InlineData("--unset data.train", "(1,9): error ASL0004: 'data.train' is missing; expected a list.")]
    [InlineData("--set training", "(1,15): error ASL0010: 'training' has no '='; expected --set path=value.")]
    [InlineData("--set-file training", "(1,20): error ASL0010: 'training' has no '='; expected --set-file path=file.")]
    [InlineData("--set training..steps=1", "(1,7): error ASL0010: 'training..steps' is no path; expected the names of a setting with dots between them, as in 'training.steps'.")]
    [InlineData("--unset ", "(1,9): error ASL0010: '' is no path; expected the names of a setting with dots between them, as in 'training.steps'.")]
    public void With_a_wrong_option_says_what_is_right_at_the_option(string option, string problem) =>
        Assert.Equal([option + problem], Problems(option));

    [Fact]
    public void Reports_all_wrong_options_behind_what_is_wrong_in_the_manifest() => Assert.Equal(
        [
            "FOLDER/e.json(1,95): error ASL0005: 'mode' is 1; expected 'offline' or 'online'.",
            "--set training.unroll=0(1,23): error ASL0006: 'training.unroll' is 0; expected 1 to 16.",
            "--set draft.x=1(1,13): error ASL0002: 'x' is not a setting of 'draft'; expected one of vocabulary, intermediateSize, hiddenLayers, normBeforeFc, fcNorm, normOutput, head, freezeHead, initialDeviation, rope.",
        ],
        Problems($"{ManifestFolder.Least[..^2]}, \"mode\": 1 }}", "--set training.unroll=0", "--set draft.x=1"));

    [Fact]
    public void Is_not_asked_to_take_away_what_is_not_there() =>
        Assert.Equal(Read().Experiment.Training, Read("--unset training.steps", "--unset expect").Experiment.Training);

    [Fact]
    public void Loses_what_is_no_setting_when_asked()
    {
        _folder.Write("e.json", $"{ManifestFolder.Least[..^2]}, \"note\": 1 }}");
        Assert.Equal("e", ExperimentReader.Read(_folder.Manifest, _folder.Surroundings, Edits("--unset note")).Experiment.Name);
    }

    [Fact]
    public void Has_places_on_one_line_whatever_was_typed()
    {
        var place = new ManifestChange(ChangeKind.Set, "training.steps=\n\u0007x").PlaceOf(15).ToString();
        Assert.Equal("--set training.steps=\\u000a\\u0007x(1,22)", place);
    }

    private ReadExperiment Read(params string[] options)
    {
        _folder.Write("e.json", ManifestFolder.Least);
        return ExperimentReader.Read(_folder.Manifest, _folder.Surroundings, Edits(options));
    }

    private string[] Problems(params string[] options) => options is [['{', ..] json, .. var rest]
        ? Refusal(json, rest)
        : Refusal(ManifestFolder.Least, options);

    private string[] Refusal(string json, string[] options)
    {
        _folder.Write("e.json", json);
        return [.. Assert.Throws<UserException>(() => ExperimentReader.Read(_folder.Manifest, _folder.Surroundings, Edits(options))).Problems.Select(_folder.Told)];
    }

    private static IReadOnlyList<ManifestEdit> Edits(params string[] options) => ChangeReader.Read(options.Select(option => option.Split(' ', 2) switch
    {
        ["--set", var text] => new ManifestChange(ChangeKind.Set, text),
        ["--set-file", var text] => new ManifestChange(ChangeKind.SetFile, text),
        [_, var text] => new ManifestChange(ChangeKind.Unset, text),
        _ => throw new ArgumentException(option),
    }));
}
