using AngelSlim.Core.Manifests;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class A_hub_cache : IDisposable
{
    private const string Model = "hub/models--org--broken";
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("abc123\n")]
    [InlineData(" abc123 ")]
    public void Gives_the_revision_that_main_names(string main)
    {
        _folder.Write(Model + "/refs/main", main);
        Fill("abc123", "config.json", "tokenizer.json", "model.safetensors");
        Assert.Equal(Path.Combine(_folder.Root, Model, "snapshots", "abc123"), _folder.Read(Manifest).Sources.Target);
    }

    [Fact]
    public void That_never_heard_of_a_model_is_told_from_one_that_is_broken()
    {
        Assert.Equal(new HubSnapshot(null, null), HubCache.Snapshot(Path.Combine(_folder.Root, "hub"), new("org/broken", "main")));
        Assert.Equal(new HubSnapshot(null, null), HubCache.Snapshot(Path.Combine(_folder.Root, "none"), new("org/broken", "main")));
    }

    [Theory]
    [InlineData("", "says '', which is no revision")]
    [InlineData("../../../../target", "says '../../../../target', which is no revision")]
    [InlineData("abc\0", "says 'abc\\u0000', which is no revision")]
    [InlineData("ref: refs/heads/main", "says 'ref: refs/heads/main', which is no revision")]
    [InlineData("10.0", "says '10.0', which is no revision")]
    public void With_a_main_that_names_no_revision_is_refused(string main, string fault)
    {
        _folder.Write(Model + "/refs/main", main);
        Assert.Equal(Refusal($"FOLDER/{Model}/refs/main {fault}"), _folder.Problem(Manifest));
    }

    [Fact]
    public void With_a_main_longer_than_a_revision_is_refused_without_reading_it_all()
    {
        var main = Path.Combine(_folder.Root, Model, "refs", "main");
        _folder.Write(Model + "/refs/main", "");
        using (var file = File.OpenWrite(main))
        {
            file.SetLength(1L << 33);
        }

        Assert.Contains($"FOLDER/{Model}/refs/main says '", _folder.Problem(Manifest), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_revision_that_main_names_is_refused()
    {
        _folder.Write(Model + "/refs/main", "abc123");
        Assert.Equal(Refusal($"the revision that FOLDER/{Model}/refs/main names is not there: FOLDER/{Model}/snapshots/abc123"), _folder.Problem(Manifest));
    }

    [Fact]
    public void Without_a_main_is_refused()
    {
        _folder.Write(Model + "/snapshots/abc123/config.json", "{}");
        Assert.Equal(Refusal($"there is no FOLDER/{Model}/refs/main"), _folder.Problem(Manifest));
    }

    [Fact]
    public void With_a_folder_as_main_is_refused()
    {
        _folder.Write(Model + "/refs/main/abc123", "");
        Assert.StartsWith(Refusal($"FOLDER/{Model}/refs/main cannot be read: ")[..^Advice.Length], _folder.Problem(Manifest), StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_main_that_the_system_refuses_to_open_is_refused()
    {
        // A link to itself, because a test that runs as root may read every file whatever its permissions say.
        Directory.CreateDirectory(Path.Combine(_folder.Root, Model, "refs"));
        File.CreateSymbolicLink(Path.Combine(_folder.Root, Model, "refs", "main"), "main");
        Assert.StartsWith(Refusal($"FOLDER/{Model}/refs/main cannot be read: ")[..^Advice.Length], _folder.Problem(Manifest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"weight_map\": { \"a\": \"one.safetensors\", \"b\": \"two.safetensors\" } }", "two.safetensors")]
    [InlineData("{ \"weight_map\": { \"a\": \"../one.safetensors\" } }", "sound model.safetensors.index.json")]
    [InlineData("{", "sound model.safetensors.index.json")]
    public void With_a_part_of_the_weights_is_refused(string index, string missing)
    {
        _folder.Write(Model + "/refs/main", "abc123");
        Fill("abc123", "config.json", "tokenizer.json", "one.safetensors");
        _folder.Write(Model + "/snapshots/abc123/model.safetensors.index.json", index);
        Assert.Equal(Refusal($"FOLDER/{Model}/snapshots/abc123 has no {missing}"), _folder.Problem(Manifest));
    }

    [Fact]
    public void With_a_part_of_a_model_is_no_problem_where_the_rest_can_be_fetched()
    {
        _folder.Write(Model + "/refs/v1/x", "abc123");
        Fill("abc123", "config.json", "tokenizer.json");
        var manifest = Manifest.Replace("\"org/broken\"", "\"org/broken\", \"revision\": \"v1/x\"", StringComparison.Ordinal);
        _folder.Write("e.json", manifest);
        var read = ExperimentReader.Read(_folder.Manifest, _folder.Surroundings with { OfflineBy = null });
        Assert.Equal(new HubModel("org/broken", "v1/x"), Assert.Single(read.Unfetched));
        Assert.Equal(Path.Combine(_folder.Root, Model, "snapshots", "abc123"), read.Sources.Target);
        Assert.Contains("'org/broken@v1/x' is in the hub cache, but FOLDER/hub/models--org--broken/snapshots/abc123 has no model.safetensors, nor model.safetensors.index.json; --offline", _folder.Problem(manifest), StringComparison.Ordinal);
    }

    [Fact]
    public void Has_a_commit_without_a_name()
    {
        const string commit = "0123456789abcdef0123456789abcdef01234567";
        Fill(commit, "config.json", "tokenizer.json", "model.safetensors");
        var manifest = Manifest.Replace("\"org/broken\"", $"\"org/broken\", \"revision\": \"{commit}\"", StringComparison.Ordinal);
        Assert.Equal(Path.Combine(_folder.Root, Model, "snapshots", commit), _folder.Read(manifest).Sources.Target);
    }

    [Theory]
    [InlineData("", "/home/me/.cache/huggingface/hub", null)]
    [InlineData("XDG_CACHE_HOME=/caches", "/caches/huggingface/hub", null)]
    [InlineData("XDG_CACHE_HOME=/caches HF_HOME=~/hf", "/home/me/hf/hub", null)]
    [InlineData("HF_HOME=/hf HUGGINGFACE_HUB_CACHE=/old", "/old", null)]
    [InlineData("HF_HOME=/hf HUGGINGFACE_HUB_CACHE=/old HF_HUB_CACHE=/new", "/new", null)]
    [InlineData("HF_HUB_OFFLINE=1", "/home/me/.cache/huggingface/hub", "HF_HUB_OFFLINE")]
    [InlineData("HF_HUB_OFFLINE=0 TRANSFORMERS_OFFLINE=yes", "/home/me/.cache/huggingface/hub", "TRANSFORMERS_OFFLINE")]
    public void Lies_where_the_variables_of_the_hub_s_own_tools_say(string variables, string folder, string? offline)
    {
        var values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
        var surroundings = Surroundings.Of(name => values.GetValueOrDefault(name), "/home/me", "/program");
        Assert.Equal((folder, offline), (surroundings.HubCache, surroundings.OfflineBy));
    }

    private void Fill(string commit, params string[] files)
    {
        foreach (var file in files)
        {
            _folder.Write($"{Model}/snapshots/{commit}/{file}", "{}");
        }
    }

    private const string Advice = "; --offline forbids to download it. Leave that out, fill the cache on a machine with a network ('dotnet angelslim fetch'), or name the model's folder.";

    private const string Manifest = """{ "name": "e", "target": { "model": "org/broken" }, "data": { "train": ["train.jsonl"] } }""";

    private static string Refusal(string fault) => $"FOLDER/e.json(1,37): error ASL0007: 'org/broken' is in the hub cache, but {fault}{Advice}";
}
