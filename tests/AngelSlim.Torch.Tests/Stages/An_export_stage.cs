using System.Diagnostics;
using System.Security.Cryptography;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Stages;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

public sealed class An_export_stage : IDisposable
{
    private const string HostileName = "org/it's `$(rm)` \"x\" | y\n<b>";
    private static readonly string Target = Golden.Own("eagle3", "decode", "target");
    private string _said = "";
    private readonly string _folder = Directory.CreateTempSubdirectory("export-").FullName;

    [Fact]
    public void Writes_what_servers_document()
    {
        var export = Export(Dtype.Bfloat16, "HuggingFaceTB/SmolLM2-135M-Instruct", hubId: "HuggingFaceTB/SmolLM2-135M-Instruct");

        Assert.Equal(
            ["README.md", "config.json", "launch/sglang.sh", "launch/vllm.sh", "model.safetensors"],
            Directory.EnumerateFiles(export, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(export, file)).Order(StringComparer.Ordinal));
        foreach (var file in new[] { "README.md", "config.json", "launch/sglang.sh", "launch/vllm.sh" })
        {
            Golden.Matches($"export-{Path.GetFileName(file)}", File.ReadAllText(Path.Combine(export, file)));
        }
    }

    [Fact]
    public void Writes_bytes_that_are_pinned_to_its_version()
    {
        var weights = SHA256.HashData(File.ReadAllBytes(Path.Combine(Export(Dtype.Bfloat16, "target"), "model.safetensors")));
        Assert.Equal("export 3, 089cc8aecd77e863", $"export {((IStage)new ExportStage(new TensorRuntime("", Threads: 1))).Version}, {Convert.ToHexStringLower(weights)[..16]}");
    }

    [Fact]
    public void Refuses_a_draft_of_other_words()
    {
        var wrong = Assert.Throws<DataException>(() => Export(Dtype.Float32, "target", words => words with { Words = words.Words[1..] }));
        Assert.Contains("trained with other words", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Dtype.Float32)]
    [InlineData(Dtype.Bfloat16)]
    public void Passes_the_second_reader(Dtype dtype) => Assert.Empty(ExportCheck.Faults(Export(dtype, "target")));

    [Fact]
    public void Changes_nothing_that_the_draft_proposes()
    {
        using var target = TargetModel.Load(Target, float32, CPU);
        using var before = DraftFolder.Load(Golden.Own("eagle3", "decode", "draft"), target);
        using var after = DraftFolder.Load(Export(Dtype.Float32, "target"), target);
        var limits = new DecodeLimits(24, new HashSet<long>());

        Assert.Equal(
            new Decoder(target, new DraftChain(before, 3)).Decode([3, 5, 7], limits).Rounds.SelectMany(round => round.Drafted),
            new Decoder(target, new DraftChain(after, 3)).Decode([3, 5, 7], limits).Rounds.SelectMany(round => round.Drafted));
    }

    [Fact]
    public void Writes_launch_commands_that_no_target_name_can_break_out_of()
    {
        var export = Export(Dtype.Float32, HostileName, hubId: HostileName);
        var oneLine = HostileName.Replace("\n", "", StringComparison.Ordinal);

        Assert.Equal(
            ["serve", oneLine, "--speculative-config", $$"""{"method":"eagle3","model":"{{export}}","num_speculative_tokens":3,"draft_tensor_parallel_size":1}""", "--port", "1"],
            Launched(export, "vllm"));
        Assert.Equal(
            ["-m", "sglang.launch_server", "--model-path", oneLine, "--speculative-algorithm", "EAGLE3", "--speculative-draft-model-path", export,
                "--speculative-num-steps", "3", "--speculative-eagle-topk", "1", "--speculative-num-draft-tokens", "4", "--port", "1"],
            Launched(export, "sglang", program: "python3"));
        Assert.DoesNotContain("--revision", Launched(export, "vllm"));
        Assert.Contains("# Eagle3 draft for org/it's \\`$(rm)\\` \"x\" \\| y\\<b\\>\n", File.ReadAllText(Path.Combine(export, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_launch_commands_with_the_target_s_revision_and_the_tree_that_was_asked_for()
    {
        var settings = Settings(Dtype.Float32, "org/target", "org/target") with { TargetRevision = "v1.0's", Tree = new() { Tokens = 15, Depth = 5, TopK = 4 } };
        var export = Export(settings);
        foreach (var file in new[] { "vllm.sh", "sglang.sh" })
        {
            Golden.Matches($"export-tree-{file}", File.ReadAllText(Path.Combine(export, "launch", file)));
        }

        Assert.Contains("3 speculative tokens, in SGLang as a tree of 15. Both", File.ReadAllText(Path.Combine(export, "README.md")), StringComparison.Ordinal);
        Assert.Equal(["--revision", "v1.0's", "--port", "1"], Launched(export, "vllm")[^4..]);
        Assert.Equal(
            ["--speculative-num-steps", "5", "--speculative-eagle-topk", "4", "--speculative-num-draft-tokens", "16", "--revision", "v1.0's", "--port", "1"],
            Launched(export, "sglang", program: "python3")[^10..]);
        Assert.DoesNotContain("--revision", Launched(export, "vllm", target: "/models/mine"));
    }

    [Theory]
    [InlineData("vllm", null)]
    [InlineData("sglang", "python3")]
    public void Asks_for_the_folder_of_a_target_that_no_server_finds_by_name(string server, string? program)
    {
        var export = Export(Dtype.Float32, HostileName);
        var oneLine = HostileName.Replace("\n", "", StringComparison.Ordinal);

        Assert.Equal([""], Launched(export, server, program));
        Assert.Contains("set TARGET to the folder of the target " + oneLine, _said, StringComparison.Ordinal);
        Assert.Contains("/models/of mine", Launched(export, server, program, target: "/models/of mine"));
        Assert.DoesNotContain("base_model", File.ReadAllText(Path.Combine(export, "README.md")), StringComparison.Ordinal);
        Golden.Matches("export-folder-README.md", File.ReadAllText(Path.Combine(Export(Dtype.Float32, "my-target"), "README.md")));
    }

    [Fact]
    public void Writes_the_same_draft_in_the_form_of_the_speculators_library_when_asked()
    {
        var plain = File.ReadAllText(Path.Combine(Export(Dtype.Bfloat16, "org/target", hubId: "org/target"), "README.md"));
        var export = Export(Dtype.Bfloat16, "org/target", hubId: "org/target", speculators: true);
        Golden.Matches("export-speculators-config.json", File.ReadAllText(Path.Combine(export, "speculators", "config.json")));
        Assert.Empty(ExportCheck.Faults(export));
        Assert.DoesNotContain("speculators", plain, StringComparison.Ordinal);
        Assert.Contains("`vllm serve speculators`", File.ReadAllText(Path.Combine(export, "README.md")), StringComparison.Ordinal);

        using var scope = NewDisposeScope();
        using var one = SafetensorsFile.Open(Path.Combine(export, "model.safetensors"));
        using var two = SafetensorsFile.Open(Path.Combine(export, "speculators", "model.safetensors"));
        Assert.Equal(one.Tensors.Keys.Select(name => name.Replace("midlayer.", "layers.0.", StringComparison.Ordinal)).Order(StringComparer.Ordinal), two.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(one.Tensors.Keys, name => Assert.True(one.Load(name).Equals(two.Load(name.Replace("midlayer.", "layers.0.", StringComparison.Ordinal)))));
    }

    [Fact]
    public void Refuses_a_speculators_form_that_is_not_the_same_draft()
    {
        var export = Export(Dtype.Float32, "target", speculators: true);
        SpeculatorsFolder.Verify(export);
        var file = Path.Combine(export, "speculators", "model.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        var wrong = Assert.Throws<DataException>(() => SpeculatorsFolder.Verify(export));
        Assert.Contains("is not what ", wrong.Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Contains("is missing", Assert.Throws<DataException>(() => SpeculatorsFolder.Verify(export)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Export(Dtype dtype, string name, Func<DraftWordList, DraftWordList>? change = null, string? hubId = null, bool speculators = false) =>
        Export(Settings(dtype, name, hubId) with { Speculators = speculators }, change);

    private static ExportSettings Settings(Dtype dtype, string name, string? hubId) =>
        new() { Dtype = dtype, TargetName = name, TargetHubId = hubId, SpeculativeTokens = 3, Speculators = false };

    private string Export(ExportSettings settings, Func<DraftWordList, DraftWordList>? change = null)
    {
        var (trained, output) = (Directory.CreateDirectory(Path.Combine(_folder, "trained")).FullName, Directory.CreateDirectory(Path.Combine(_folder, "export")).FullName);
        using (var target = TargetModel.Load(Target, float32, CPU))
        using (var draft = DraftFolder.Load(Golden.Own("eagle3", "decode", "draft"), target))
        {
            TrainedDraftFile.Write(trained, draft);
            var words = new DraftWordList([.. draft.Vocabulary.Words.Select(word => (int)word)], Coverage: 0.985, draft.Vocabulary.TargetCount);
            (change?.Invoke(words) ?? words).Write(new DraftWords(_folder).File);
        }

        using var journal = Journal.Open(Path.Combine(_folder, "journal"));
        ((IStage)new ExportStage(new TensorRuntime("", Threads: 1))).Run(
            settings,
            new ExportInputs(new TargetFolder(Target), new DraftWords(_folder), new TrainedDraft(trained)),
            new StageContext(output, _folder, journal, _ => { }, default));
        return output;
    }

    /// <summary>Runs a launch file with a program in the server's place that prints its arguments, one a line.</summary>
    private string[] Launched(string export, string server, string? program = null, string? target = null)
    {
        var programs = Directory.CreateDirectory(Path.Combine(_folder, "programs")).FullName;
        var fake = Path.Combine(programs, program ?? server);
        File.WriteAllText(fake, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(fake, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var start = new ProcessStartInfo("sh", [Path.Combine(export, "launch", $"{server}.sh"), "--port", "1"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = programs + ":" + start.Environment["PATH"];
        start.Environment["TARGET"] = target;
        using var process = Process.Start(start)!;
        _said = process.StandardError.ReadToEnd();
        return process.StandardOutput.ReadToEnd().TrimEnd('\n').Split('\n');
    }
}
