using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>A run whose target is on the hub and not on this machine.</summary>
[Collection(Installed.Name)]
public sealed class A_model_of_the_hub : IDisposable
{
    private readonly InstalledTool _tool;
    private readonly string _folder;
    private readonly FakeHub _hub = new();
    private readonly Dictionary<string, string> _shell;

    public A_model_of_the_hub(InstalledTool tool)
    {
        (_tool, _folder) = (tool, tool.NewFolder());
        _shell = new() { ["HF_ENDPOINT"] = _hub.Address.ToString(), ["HF_HUB_CACHE"] = Path.Combine(_folder, "hub"), ["HF_TOKEN"] = "hf_secret", ["NO_PROXY"] = "127.0.0.1" };
        foreach (var file in new[] { "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors" })
        {
            _hub.Files[file] = File.ReadAllBytes(Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text", file));
        }

        TinyExperiment.Write(_folder, "tiny.json", ("target", new JsonObject { ["model"] = FakeHub.Id }));
    }

    private string Weights => Path.Combine(_folder, "hub", "models--org--model", "blobs", FakeHub.Sha256(_hub.Files["model.safetensors"]));

    [Fact]
    public void Is_looked_at_by_plan_and_validate_and_fetched_by_run_before_the_first_step()
    {
        var offline = Run("run", "tiny.json", "--offline");
        Assert.Equal(2, offline.ExitCode);
        Assert.Contains("tiny.json(1,34): error ASL0007: 'org/model' is neither a folder beside the manifest nor a model in the hub cache", offline.Talk, StringComparison.Ordinal);
        Assert.Empty(_hub.Requests);

        var size = _hub.Files["model.safetensors"].Length;
        Assert.Equal("tiny.json: no errors", Run("validate", "tiny.json").Output.Split('\n')[0]);
        Assert.Contains("org/model is downloaded before the first step: 1 file, ", Run("plan", "tiny.json").Output, StringComparison.Ordinal);
        var plan = JsonNode.Parse(Run("plan", "tiny.json", "--json").Output)!;
        Assert.Equal(("org/model", "main", FakeHub.Commit, 1, size), ((string)plan["toFetch"]![0]!["model"]!, (string)plan["toFetch"]![0]!["revision"]!, (string)plan["toFetch"]![0]!["commit"]!, (int)plan["toFetch"]![0]!["files"]!, (int)plan["toFetch"]![0]!["bytes"]!));
        Assert.All(plan["steps"]!.AsArray().Take(3), step => Assert.StartsWith("waits for org/model", $"{step!["state"]} {step["reason"]}", StringComparison.Ordinal));
        Assert.Equal(0, Run("explain", "tiny.json", "tokenize").ExitCode);
        Assert.Equal(9, Run("run", "tiny.json", "--frozen").ExitCode);
        Assert.Empty(_hub.StorageRequests);

        var run = Run("run", "tiny.json", "--until", "vocabulary");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("fetch: org/model is not in the hub cache\n", run.Talk, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", run.Talk + run.Output, StringComparison.Ordinal);
        Assert.Equal("Bearer hf_secret", _hub.Requests[^1].Token);
        Assert.Null(Assert.Single(_hub.StorageRequests).Token);

        var asked = _hub.Requests.Length;
        Assert.Equal(0, Run("run", "tiny.json", "--until", "vocabulary").ExitCode);
        Assert.Equal(0, Run("run", "tiny.json", "--until", "vocabulary", "--offline").ExitCode);
        Assert.Equal("Everything is on this machine.\n", Run("fetch", "tiny.json").Output);
        Assert.Equal(asked, _hub.Requests.Length);
    }

    [Fact]
    public void Is_held_against_the_manifest_before_its_weights_come()
    {
        TinyExperiment.Write(_folder, "deep.json", ("target", new JsonObject { ["model"] = FakeHub.Id }), ("draft", new JsonObject { ["hiddenLayers"] = new JsonArray(1, 2, 99) }));
        var (exitCode, _, talk) = Run("run", "deep.json");
        Assert.Equal(2, exitCode);
        Assert.Contains("'draft.hiddenLayers[2]' is 99;", talk, StringComparison.Ordinal);
        Assert.Empty(_hub.StorageRequests);

        TinyExperiment.Write(_folder, "else.json", ("target", new JsonObject { ["model"] = "org/other" }));
        Assert.Contains("else.json(1,34): error ASL0007: There is no model 'org/other' on 127.0.0.1:", Run("validate", "else.json").Talk, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 75)]
    [InlineData("KILL", 137)]
    public async Task That_comes_slowly_is_stopped_and_goes_on(string signal, int exitCode)
    {
        var half = _hub.Files["model.safetensors"].Length / 2;
        _hub.StorageFault = request => request.From is null ? FakeHub.Ranged(request, _hub.Files["model.safetensors"]) with { BreaksAfter = half, IsSilentThen = true } : null;
        using (var process = _tool.BeginWith(_shell, _folder, "fetch", "tiny.json"))
        {
            var (talk, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
            while (!File.Exists(Weights + ".incomplete") || new FileInfo(Weights + ".incomplete").Length < half)
            {
                Assert.False(process.HasExited);
                await Task.Delay(5);
            }

            using var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]);
            await process.WaitForExitAsync();
            await Task.WhenAll(talk, output);
            Assert.Equal(exitCode, process.ExitCode);
        }

        var fetched = JsonNode.Parse(Run("fetch", "tiny.json", "--json").Output)!;
        Assert.Equal(_hub.Files["model.safetensors"].Length - half, (int)fetched["models"]![0]!["bytes"]!);
        Assert.Equal([null, half], _hub.StorageRequests.Select(request => request.From));
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(Weights));
    }

    /// <remarks>The trace has the names of all assemblies that were loaded; that of the run that fetches shows that it would show this one.</remarks>
    [Fact]
    public void That_is_there_needs_nothing_of_the_network()
    {
        string Trace(params string[] arguments)
        {
            var trace = Path.Combine(_folder, "loader.nettrace");
            var shell = new Dictionary<string, string>(_shell) { ["DOTNET_EnableEventPipe"] = "1", ["DOTNET_EventPipeConfig"] = "Microsoft-Windows-DotNETRuntime:0x8:4", ["DOTNET_EventPipeOutputPath"] = trace };
            Assert.Equal(0, _tool.RunWith(shell, _folder, arguments).ExitCode);
            return Encoding.Latin1.GetString(File.ReadAllBytes(trace)).Replace("\0", "", StringComparison.Ordinal);
        }

        Assert.Contains("System.Net.Http,", Trace("run", "tiny.json", "--until", "tokenize"), StringComparison.Ordinal);
        var again = Trace("run", "tiny.json", "--until", "tokenize");
        Assert.Contains("AngelSlim.Core,", again, StringComparison.Ordinal);
        Assert.DoesNotContain("System.Net.Http", again, StringComparison.Ordinal);
    }

    public void Dispose() => _hub.Dispose();

    private (int ExitCode, string Output, string Talk) Run(params string[] arguments) => _tool.RunWith(_shell, _folder, arguments);
}
