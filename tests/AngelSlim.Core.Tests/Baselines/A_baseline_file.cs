using System.Text.Json.Nodes;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Baselines;

public sealed class A_baseline_file : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Place => Path.Combine(_folder.Path, "baselines", "some.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_back_as_what_was_written()
    {
        var written = SomeMeasurement.Baseline(SomeMeasurement.Pair("evaluate-k3", drop: 0).Before);
        BaselineFile.Write(Place, written);
        Assert.True(BaselineFile.IsOne(Place));
        var read = BaselineFile.Read(Place);
        Assert.Equal(BaselineFile.ToJson(written), BaselineFile.ToJson(read));
        Assert.Equal(written.Evaluations[0].Counts().Select(prompt => (prompt.Name, prompt.Rounds, prompt.Accepted)), read.Evaluations[0].Counts().Select(prompt => (prompt.Name, prompt.Rounds, prompt.Accepted)));
        Assert.Equal([Place], Directory.GetFiles(Path.GetDirectoryName(Place)!));
    }

    [Fact]
    public void Has_a_line_for_every_prompt()
    {
        BaselineFile.Write(Place, SomeMeasurement.Baseline(SomeMeasurement.Pair("evaluate-k3", drop: 0).Before));
        Assert.Equal(80, File.ReadLines(Place).Count(line => line.Contains("\"rounds\":", StringComparison.Ordinal)));
    }

    [Fact]
    [Provokes(ProblemCode.NoBaseline)]
    public void That_is_not_there_is_told_by_its_own_code()
    {
        Assert.False(BaselineFile.IsOne(Place));
        var problem = Assert.Throws<DataException>(() => BaselineFile.Read(Place)).Problem;
        Assert.Equal((ProblemCode.NoBaseline, Place), (problem.Code, problem.Place!.Value.File));
    }

    [Theory]
    [InlineData("form", "\"angelslim/baseline/9\"", "(2,11): error ASL0009: 'form' is the text 'angelslim/baseline/9'; expected 'angelslim/baseline/1'.")]
    [InlineData("estimator", "\"ratioOfSum\"", "error ASL0009: 'estimator' is 'ratioOfSum'; expected 'ratioOfSums' or 'meanOfPrompts' or 'tokensPerVerify'; did you mean 'ratioOfSums'?")]
    [InlineData("evaluations.0.prompts.1.rounds", "-1", "error ASL0006: 'evaluations[0].prompts[1].rounds' is -1; expected 0 to 2147483647.")]
    [InlineData("evaluations.0.prompts.1.accepted", "[9,8]", "error ASL0006: 'accepted' of prompt '1' has 2 positions; the first prompt of this evaluation has 3.")]
    [InlineData("evaluations.0.prompts.1.accepted", "[9,8,900]", "error ASL0006: 'accepted' of prompt '1' rises; expected at most ")]
    [InlineData("evaluations.0.settings", "3", "error ASL0005: 'settings' is 3; expected an object.")]
    [InlineData("evaluations.0.more", "3", "error ASL0002: 'more' is not a setting of 'evaluations[0]'; expected one of step, key, settings, inputs, prompts.")]
    [InlineData("evaluations.0.key", "null", "error ASL0005: 'evaluations[0].key' is null; expected text.")]
    public void That_is_damaged_is_refused_with_the_place(string path, string value, string expected)
    {
        var json = JsonNode.Parse(BaselineFile.ToJson(SomeMeasurement.Baseline(SomeMeasurement.Pair("evaluate-k3", drop: 0).Before)))!;
        var names = path.Split('.');
        var parent = names[..^1].Aggregate(json, (node, name) => node is JsonArray list ? list[int.Parse(name, null)]! : node[name]!);
        parent[names[^1]] = JsonNode.Parse(value);
        Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        File.WriteAllText(Place, json.ToJsonString(new() { WriteIndented = true }));
        var message = Assert.Throws<UserException>(() => BaselineFile.Read(Place)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith($"{Place}(", message, StringComparison.Ordinal);
    }
}
