using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests.Sweeps;

public sealed class A_sweep_from_the_command_line : IDisposable
{
    private const string Swept = "\"sweep\": { \"grid\": { \"training.unroll\": [3, 5], \"training.seed\": [1] }, \"zip\": [{ \"training.batchRows\": [1, 2] }] }";
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--axis training.unroll=3,5,7", "3", "5", "7")]
    [InlineData("--axis training.unroll=2..4,8", "2", "3", "4", "8")]
    [InlineData("--axis training.unroll=[3,5]", "3", "5")]
    [InlineData("--axis training.unroll=3", "3")]
    [InlineData("--axis training.steps=null,5", "null", "5")]
    [InlineData("--axis training.learningRate=1e-3,0.01", "0.001", "0.01")]
    [InlineData("--axis speculation.tokens=[[2],[4]]", "[2]", "[4]")]
    [InlineData("--axis speculation.tokens=[2],[4]", "[2]", "[4]")]
    [InlineData("--axis speculation.tokens=[2,4]", "[2,4]")]
    [InlineData("--axis draft.hiddenLayers=[null,[1,2,3]]", "null", "[1,2,3]")]
    [InlineData("--axis training.gate=exact,next", "\"exact\"", "\"next\"")]
    [InlineData("--axis target.model=target,\"org/model-1\"", "\"target\"", "\"org/model-1\"")]
    [InlineData("--axis target={ \"model\": \"target\" },{ \"builtin\": \"tiny-text\" }", """{"model":"target"}""", """{"builtin":"tiny-text"}""")]
    public void Takes_values_between_commas_ranges_and_json(string option, params string[] values) =>
        Assert.Equal(values, Read(ManifestFolder.Least, option).Points.Select(point => Assert.Single(point.Settings).Text));

    [Fact]
    public void Crosses_axes_walks_zips_side_by_side_and_leaves_points_out() => Assert.Equal(
        ["3 1 1 0.5", "3 2 2 0.5", "5 1 1 0.5"],
        Points(ManifestFolder.Least, "--axis training.unroll=3,5", "--zip training.seed=1,2", "--zip training.batchRows=1..2", "--axis training.stepDecay=0.5", "--exclude training.unroll=5,training.seed=2", "--max 4")
            .Select(point => string.Join(' ', point.Split(' ')[0], point.Split(' ')[2], point.Split(' ')[3], point.Split(' ')[1])));

    [Fact]
    public void Adds_to_the_manifest_s_and_says_other_values_where_both_speak_of_a_setting()
    {
        Assert.Equal(["7 1 1", "7 1 2", "8 1 1", "8 1 2"], Points(With(Swept), "--axis training.unroll=7,8"));
        Assert.Equal(["3 1 0.5 1", "3 1 0.5 2", "5 1 0.5 1", "5 1 0.5 2"], Points(With(Swept), "--axis training.stepDecay=0.5"));
        Assert.Equal(["3 1 1 0.5", "3 1 1 0.25", "3 1 2 0.5", "3 1 2 0.25"], Points(With(Swept), "--zip training.stepDecay=0.5,0.25", "--exclude training.unroll=5"));
        Assert.Equal(["7"], Points(With(Swept), "--unset sweep", "--axis training.unroll=7"));
        Assert.Equal(["7"], Points(With("\"sweep\": null"), "--axis training.unroll=7"));
    }

    [Theory]
    [InlineData("--axis training.unroll", "(1,23): error ASL0010: 'training.unroll' has no '='; expected --axis path=values.")]
    [InlineData("--axis training..unroll=3", "(1,8): error ASL0010: 'training..unroll' is no path; expected the names of a setting with dots between them, as in 'training.steps'.")]
    [InlineData("--axis training.unrol=3", "(1,17): error ASL0002: 'unrol' is not a setting of 'training'; did you mean 'unroll'?")]
    [InlineData("--axis training.unroll=3,99", "(1,26): error ASL0006: 'training.unroll' is 99; expected 1 to 16.")]
    [InlineData("--axis training.unroll=3,3", "(1,26): error ASL0006: 'training.unroll' is 3 again; expected no value twice.")]
    [InlineData("--axis training.unroll=[]", "(1,24): error ASL0006: 'training.unroll' has no values; expected at least 1.")]
    [InlineData("--axis training.unroll=", "(1,24): error ASL0005: 'training.unroll' is the text ''; expected a whole number.")]
    [InlineData("--axis training.unroll=5..3", "(1,24): error ASL0010: '5..3' has no numbers; expected the smaller one first, and at most 100000 of them.")]
    [InlineData("--axis training.seed=1..999999999", "(1,22): error ASL0010: '1..999999999' has too many numbers; expected the smaller one first, and at most 100000 of them.")]
    [InlineData("--axis training.seed=1..300", "(1,8): error ASL0006: The sweep has 300 points; expected at most 256 ('sweep.mostPoints'). Sweep fewer values, or raise that number.")]
    [InlineData("--axis speculation.tokens=[2],[4", "(1,33): error ASL0001: Not JSON: '4' is an invalid end of a number. Expected a delimiter.")]
    [InlineData("--axis data.train=[\"no.jsonl\"]", "(1,20): error ASL0007: There is no file 'no.jsonl' in FOLDER; paths are relative to the manifest.")]
    [InlineData("--axis name=a,b", "(1,8): error ASL0009: 'name' cannot be swept: it belongs to all points together.")]
    [InlineData("--max 0", "(1,7): error ASL0006: 'sweep.mostPoints' is 0; expected 1 to 100000.")]
    [InlineData("--exclude training.unroll", "(1,11): error ASL0010: 'training.unroll' has no '='; expected --exclude path=value,path=value.")]
    public void With_a_wrong_option_says_what_is_right_at_the_option(string option, string problem) =>
        Assert.Equal(option + problem, Assert.Single(Problems(ManifestFolder.Least, option)));

    [Fact]
    public void Does_not_sweep_a_setting_twice()
    {
        Assert.Equal(
            ["--zip training.unroll=4(1,7): error ASL0010: 'training.unroll' is swept by an earlier option too; keep one."],
            Problems(ManifestFolder.Least, "--axis training.unroll=3", "--zip training.unroll=4"));
        Assert.Equal(
            ["FOLDER/e.json(2,83): error ASL0008: 'training.batchRows' is swept twice (see --axis training.batchRows=3(1,8)); keep one."],
            Problems(With(Swept), "--axis training.batchRows=3"));
        Assert.Equal(
            ["--exclude training.steps=3(1,11): error ASL0009: 'training.steps' is not swept, so that no point is left out by it; did you mean 'training.seed'?"],
            Problems(With(Swept), "--exclude training.steps=3"));
    }

    [Fact]
    public void Is_not_silently_stronger_than_another_option() => Assert.Equal(
        ["--set training.unroll=4(1,7): error ASL0008: 'training.unroll' is set here, and swept at FOLDER/e.json(2,23); give the sweep one value of it, or leave the sweep out with '--unset sweep'."],
        Problems(With(Swept), "--set training.unroll=4"));

    private string[] Points(string json, params string[] options) => [.. Read(json, options).Points.Select(point => string.Join(' ', point.Settings.Select(setting => setting.Text)))];

    private ReadExperiment Read(string json, params string[] options)
    {
        _folder.Write("e.json", json);
        return ExperimentReader.Read(_folder.Manifest, _folder.Surroundings, ChangeReader.Read(options.Select(Change)));
    }

    private string[] Problems(string json, params string[] options) =>
        [.. Assert.Throws<UserException>(() => Read(json, options)).Problems.Select(_folder.Told)];

    private static ManifestChange Change(string option) =>
        option.Split(' ', 2) is [var kind, var text] ? new(Enum.Parse<ChangeKind>(kind[2..], ignoreCase: true), text) : throw new ArgumentException(option);

    private static string With(string more) => $"{ManifestFolder.Least[..^2]},\n{more} }}";
}
