using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Hub;

public sealed class A_download : IDisposable
{
    private readonly HubFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <remarks>The tree is what the hub's own tools make of the same repository, written by hand from their documentation and source.</remarks>
    [Fact]
    public async Task Leaves_what_the_hub_s_own_tools_leave_and_find()
    {
        foreach (var other in new[] { "README.md", "pytorch_model.bin", "modeling.py", "onnx/model.safetensors", "consolidated.safetensors", "training_args.json" })
        {
            _folder.Hub.Files[other] = [1];
        }

        var fetched = await _folder.FetchAsync();
        string Git(string name) => FakeHub.GitHash(_folder.Hub.Files[name]);
        var (weights, commit) = (FakeHub.Sha256(_folder.Hub.Files["model.safetensors"]), FakeHub.Commit);
        string[] small = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"];
        string[] expected =
        [
            .. small.Select(Git).Append(weights).Select(hash => $".locks/models--org--model/{hash}.lock: "),
            "CACHEDIR.TAG: 161 bytes",
            .. small.Select(name => $"models--org--model/blobs/{Git(name)}: {Encoding.UTF8.GetString(_folder.Hub.Files[name])}"),
            $"models--org--model/blobs/{weights}: 1000000 bytes",
            $"models--org--model/refs/main: {commit}",
            .. small.Select(name => $"models--org--model/snapshots/{commit}/{name} -> ../../blobs/{Git(name)}"),
            $"models--org--model/snapshots/{commit}/model.safetensors -> ../../blobs/{weights}",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), _folder.Tree().Order(StringComparer.Ordinal));
        Assert.Equal(new HubSnapshot(fetched.Folder, null), _folder.Snapshot());
        Assert.Equal(_folder.Hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(fetched.Folder, "model.safetensors")));
        Assert.Equal(new Progressed(1000, 1000, "kB"), _folder.Told.OfType<Progressed>().Last());
    }

    [Fact]
    public async Task Takes_the_small_files_first_and_says_how_large_the_rest_is()
    {
        using var fetch = _folder.Fetcher();
        var outstanding = await fetch.PrepareAsync(new(FakeHub.Id, "main"), default);
        Assert.Equal((1_000_000, "model.safetensors"), (outstanding.Bytes, Assert.Single(outstanding.Weights).Name));
        Assert.Empty(_folder.Hub.StorageRequests);
        Assert.Equal($"{outstanding.Folder} has no model.safetensors, nor model.safetensors.index.json", _folder.Snapshot().Fault);
        Assert.Equal(outstanding.Folder, _folder.Snapshot().Folder);
    }

    [Fact]
    public async Task Takes_the_shards_that_the_index_names()
    {
        _folder.Shard();
        _folder.Hub.Files["model-00003-of-00002.safetensors"] = HubFolder.Large(4);
        Assert.Equal(2_000_000, (await _folder.FetchAsync()).Bytes);
        Assert.True(_folder.Snapshot().IsWhole);
        Assert.Equal(2, _folder.Hub.StorageRequests.Length);
    }

    [Fact]
    public async Task Is_done_once()
    {
        await _folder.FetchAsync();
        var asked = _folder.Hub.Requests.Length;
        await _folder.FetchAsync();
        Assert.Equal(asked + 1, _folder.Hub.Requests.Length);
        Assert.Single(_folder.Hub.StorageRequests);
    }

    [Theory]
    [InlineData("v1.0", "refs/v1.0")]
    [InlineData("refs/pr/1", "refs/refs/pr/1")]
    [InlineData(FakeHub.Commit, null)]
    public async Task Of_a_revision_is_found_under_its_name(string revision, string? reference)
    {
        await _folder.FetchAsync(revision);
        Assert.True(_folder.Snapshot(revision).IsWhole);
        Assert.Equal(new HubSnapshot(null, $"there is no {Path.Combine(_folder.Model, "refs/main")}"), _folder.Snapshot());
        Assert.StartsWith($"/api/models/org/model/revision/{Uri.EscapeDataString(revision)}", _folder.Hub.Requests[0].Path, StringComparison.Ordinal);
        var references = Path.Combine(_folder.Model, "refs");
        Assert.Equal(reference, Directory.Exists(references) ? Path.GetRelativePath(_folder.Model, Assert.Single(Directory.GetFiles(references, "*", SearchOption.AllDirectories))) : null);
    }

    [Fact]
    public async Task Completes_what_another_tool_began()
    {
        var config = _folder.Hub.Files["config.json"];
        var (blobs, snapshot) = (Path.Combine(_folder.Model, "blobs"), Path.Combine(_folder.Model, "snapshots", FakeHub.Commit));
        Directory.CreateDirectory(blobs);
        Directory.CreateDirectory(snapshot);
        await File.WriteAllBytesAsync(Path.Combine(blobs, FakeHub.GitHash(config)), config);
        File.CreateSymbolicLink(Path.Combine(snapshot, "config.json"), $"../../blobs/{FakeHub.GitHash(config)}");
        await File.WriteAllBytesAsync(Path.Combine(blobs, FakeHub.GitHash(_folder.Hub.Files["tokenizer.json"])), _folder.Hub.Files["tokenizer.json"]);

        await _folder.FetchAsync();
        Assert.True(_folder.Snapshot().IsWhole);
        Assert.DoesNotContain(_folder.Hub.Requests, request => request.Path.EndsWith("/config.json", StringComparison.Ordinal));
        Assert.DoesNotContain(_folder.Hub.Requests, request => request.Method is "GET" && request.Path.EndsWith("/tokenizer.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task By_two_processes_at_once_is_done_by_one_of_them()
    {
        var hash = FakeHub.Sha256(_folder.Hub.Files["model.safetensors"]);
        var locks = Path.Combine(_folder.Cache, ".locks", "models--org--model");
        Directory.CreateDirectory(locks);
        Task second;
        using (new FileStream(Path.Combine(locks, hash + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            second = _folder.FetchAsync();
            while (!_folder.Said.Contains("model.safetensors is being fetched by another process; waiting for it"))
            {
                Assert.False(second.IsCompleted);
                await Task.Delay(10);
            }

            await File.WriteAllBytesAsync(Path.Combine(_folder.Model, "blobs", hash), _folder.Hub.Files["model.safetensors"]);
        }

        await second;
        Assert.Empty(_folder.Hub.StorageRequests);
        Assert.True(_folder.Snapshot().IsWhole);

        await Task.WhenAll(_folder.FetchAsync("a"), _folder.FetchAsync("b"));
        Assert.True(_folder.Snapshot("a").IsWhole && _folder.Snapshot("b").IsWhole);
    }

    [Fact]
    public async Task That_is_stopped_goes_on_where_it_was()
    {
        using var stop = new CancellationTokenSource();
        _folder.Hub.StorageFault = request => request.From is null ? FakeHub.Ranged(request, _folder.Hub.Files["model.safetensors"]) with { BreaksAfter = 400_000, IsSilentThen = true } : null;
        var first = _folder.FetchAsync(ct: stop.Token);
        var partial = Path.Combine(_folder.Model, "blobs", FakeHub.Sha256(_folder.Hub.Files["model.safetensors"]) + ".incomplete");
        while (!File.Exists(partial) || new FileInfo(partial).Length < 400_000)
        {
            Assert.False(first.IsCompleted);
            await Task.Delay(5);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(600_000, (await _folder.FetchAsync()).Bytes);
        Assert.Equal([null, 400_000], _folder.Hub.StorageRequests.Select(request => request.From));
        Assert.True(_folder.Snapshot().IsWhole);
    }
}
