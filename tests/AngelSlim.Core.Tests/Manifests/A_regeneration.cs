using AngelSlim.Core.Manifests;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class A_regeneration : IDisposable
{
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\"engine\": \"openai\"", "ASL0004: 'regenerate.engine' is 'openai', and 'regenerate.servers' names no server")]
    [InlineData("\"servers\": [\"http://a\"]", "ASL0008: 'regenerate.servers' is for servers, and 'regenerate.engine' is 'builtin'")]
    [InlineData("\"model\": \"m\"", "ASL0008: 'regenerate.model' is for servers")]
    [InlineData("\"engine\": \"openai\", \"servers\": [\"localhost:8000\"]", "ASL0006: 'regenerate.servers[0]' is 'localhost:8000'; expected the address of a server")]
    [InlineData("\"engine\": \"openai\", \"servers\": [\"http://a\", \"http://user:secret@b/v1\"]", "ASL0006: 'regenerate.servers[1]' is")]
    [InlineData("\"engine\": \"openai\", \"servers\": [\"http://a?key=secret\"]", "ASL0006: 'regenerate.servers[0]' is")]
    [InlineData("\"engine\": \"openai\", \"servers\": [\"http://a\", \"http://a\"]", "ASL0006: ")]
    [InlineData("\"temperature\": 1e-7", "ASL0006: 'regenerate.temperature' is 1E-07; expected 0, which takes the best word, or 1E-06 to 100.")]
    public void Is_judged_before_anything_runs(string settings, string problem) =>
        Assert.Contains($": error {problem}", _folder.Problem(Manifest(settings)), StringComparison.Ordinal);

    [Fact]
    public void Says_what_servers_will_not_use()
    {
        var read = _folder.Read(Manifest("\"engine\": \"openai\", \"servers\": [\"https://a:8000/v1\"], \"promptsAtOnce\": 4"));
        Assert.Contains("'regenerate.promptsAtOnce' is not used", Assert.Single(read.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_tried_by_the_tiny_target_itself()
    {
        _folder.Write("e.json", """{ "name": "e", "target": { "model": "target", "family": "qwen3" }, "data": { "train": ["train.jsonl"] }, "regenerate": { "engine": "openai", "servers": ["http://a"], "model": "m", "temperature": 0.5 } }""");
        var changes = SmokeChanges.Of(_folder.Manifest, _folder.Surroundings);
        var paths = changes.Select(change => change.Text).ToList();

        Assert.Empty(new[] { "regenerate.engine", "regenerate.servers", "regenerate.model", "regenerate.maxNewTokens=8" }.Except(paths));
        _folder.Write("e.json", ManifestFolder.Least.Replace("\"model\": \"target\"", "\"random\": \"qwen3\"", StringComparison.Ordinal));
        Assert.DoesNotContain(SmokeChanges.Of(_folder.Manifest, _folder.Surroundings), change => change.Text.StartsWith("regenerate", StringComparison.Ordinal));
    }

    private static string Manifest(string settings) =>
        $$"""{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] }, "regenerate": { {{settings}} } }""";
}
