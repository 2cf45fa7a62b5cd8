using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Hub;

public sealed class A_hub_with_faults : IDisposable
{
    private readonly HubFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private byte[] Weights => _folder.Hub.Files["model.safetensors"];

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Is_asked_again_after_growing_pauses(int status)
    {
        Faults("/api/", count: 3, _ => new FakeAnswer(status));
        await _folder.FetchAsync();
        Assert.Equal([1, 2, 4], _folder.Clock.Pauses.Select(pause => pause.TotalSeconds));
        Assert.Contains($"The list of files: {_folder.Hub.Address.Authority} answers {status}; again in 4 s", _folder.Said);
    }

    [Fact]
    public async Task Is_asked_again_when_it_says()
    {
        Faults("/api/", count: 1, _ => new FakeAnswer(429, ("Retry-After", "17")));
        await _folder.FetchAsync();
        Assert.Equal([17], _folder.Clock.Pauses.Select(pause => pause.TotalSeconds));
    }

    [Fact]
    [Provokes(ProblemCode.HubUnreachable)]
    public async Task That_stays_away_is_given_up()
    {
        _folder.Hub.Fault = _ => new FakeAnswer(503);
        var problem = await RefusalAsync<DataException>();
        Assert.Contains($"error ASL3010: The list of files of {_folder.Hub.Address.Authority} was tried 6 times: {_folder.Hub.Address.Authority} answers 503. What came is kept", problem, StringComparison.Ordinal);

        _folder.Hub.Fault = _ => new FakeAnswer(429, ("Retry-After", "86400"));
        Assert.Contains("asks for a pause of 86400 s", await RefusalAsync<DataException>(), StringComparison.Ordinal);

        _folder.Hub.Dispose();
        Assert.Contains("Connection refused", await RefusalAsync<DataException>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_breaks_off_is_asked_for_the_rest()
    {
        _folder.Hub.StorageFault = request => FakeHub.Ranged(request, Weights) with { BreaksAfter = 150_000 };
        await _folder.FetchAsync();
        Assert.Equal(7, _folder.Hub.StorageRequests.Length);
        Assert.Equal(150_000, _folder.Hub.StorageRequests[1].From);
        Assert.All(_folder.Clock.Pauses, pause => Assert.Equal(1, pause.TotalSeconds));
        Assert.True(_folder.Snapshot().IsWhole);
    }

    [Fact]
    public async Task That_breaks_off_without_a_byte_is_given_up_and_what_came_is_kept()
    {
        _folder.Hub.StorageFault = request => request.From is null ? FakeHub.Ranged(request, Weights) with { BreaksAfter = 1000 } : new FakeAnswer(206, ("Content-Range", "bytes 1000-999999/1000000")) { Claims = 999_000 };
        Assert.Contains("model.safetensors of", await RefusalAsync<DataException>(), StringComparison.Ordinal);
        Assert.Equal(1000, new FileInfo(Partial()).Length);
    }

    [Fact]
    public async Task That_says_nothing_more_is_asked_again()
    {
        _folder.Patience = _folder.Patience with { Silence = TimeSpan.FromMilliseconds(300) };
        _folder.Hub.StorageFault = request => request.From is null ? FakeHub.Ranged(request, Weights) with { BreaksAfter = 1000, IsSilentThen = true } : null;
        await _folder.FetchAsync();
        Assert.True(_folder.Snapshot().IsWhole);
    }

    [Fact]
    public async Task That_begins_anew_whatever_it_is_asked_ends_with_the_right_bytes()
    {
        var first = true;
        _folder.Hub.StorageFault = _ =>
        {
            var answer = new FakeAnswer(200) { Body = Weights, BreaksAfter = first ? 300_000 : null };
            first = false;
            return answer;
        };
        await _folder.FetchAsync();
        Assert.Equal([null, 300_000], _folder.Hub.StorageRequests.Select(request => request.From));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(_folder.Snapshot().Folder!, "model.safetensors")));
    }

    [Theory]
    [InlineData(416, null)]
    [InlineData(206, "bytes 5-9/1000000")]
    [InlineData(206, "bytes 1000-9/77")]
    public async Task That_has_another_rest_than_was_asked_for_is_asked_for_all(int status, string? range)
    {
        _folder.Hub.StorageFault = request => request.From is not null
            ? new FakeAnswer(status, [.. range is null ? [] : new[] { ("Content-Range", range) }])
            : FakeHub.Ranged(request, Weights) with { BreaksAfter = _folder.Hub.StorageRequests.Length > 1 ? null : 1000 };
        await _folder.FetchAsync();
        Assert.Equal([null, 1000, null], _folder.Hub.StorageRequests.Select(request => request.From));
        Assert.True(_folder.Snapshot().IsWhole);
    }

    [Fact]
    public async Task Whose_first_answer_had_a_wrong_byte_is_asked_again()
    {
        await File.WriteAllBytesAsync(Prepared(), [.. Weights[..500_000].Select(value => (byte)~value)]);
        await _folder.FetchAsync();
        Assert.Equal([500_000, null], _folder.Hub.StorageRequests.Select(request => request.From));
        Assert.Contains("model.safetensors does not have the hash that the hub says; it is fetched again", _folder.Said);
        Assert.True(_folder.Snapshot().IsWhole);
    }

    [Fact]
    [Provokes(ProblemCode.BadDownload)]
    public async Task That_sends_other_bytes_is_refused_and_nothing_is_put_into_the_model()
    {
        byte[] flipped = [.. Weights];
        flipped[777_777] ^= 1;
        _folder.Hub.StorageFault = request => FakeHub.Ranged(request, flipped);
        Assert.Contains(
            $"error ASL1010: model.safetensors of org/model should have the hash {FakeHub.Sha256(Weights)}; {FakeHub.Sha256(flipped)} came, twice. Run again;", await RefusalAsync<DataException>(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.Snapshot().Folder!, "model.safetensors")));
        Assert.False(File.Exists(Path.Combine(_folder.Model, "blobs", FakeHub.Sha256(Weights))));
    }

    [Fact]
    public async Task That_sends_another_small_file_is_refused()
    {
        _folder.Hub.Fault = request => request.Method is "GET" && request.Path.EndsWith("/config.json", StringComparison.Ordinal) ? new FakeAnswer(200) { Body = new byte[_folder.Hub.Files["config.json"].Length] } : null;
        Assert.Contains($"should have the hash {FakeHub.GitHash(_folder.Hub.Files["config.json"])};", await RefusalAsync<DataException>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_sends_more_than_it_said_is_stopped()
    {
        _folder.Hub.StorageFault = _ => new FakeAnswer(200) { Body = [.. Weights, 0] };
        Assert.Contains("should have 1000000 bytes; 1000001 are announced", await RefusalAsync<DataException>(), StringComparison.Ordinal);
        _folder.Hub.StorageFault = _ => new FakeAnswer(200) { Body = [.. Weights, 0], Claims = -1 };
        Assert.Contains("should have 1000000 bytes; more came", await RefusalAsync<DataException>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_sends_less_than_it_said_is_given_up()
    {
        _folder.Hub.StorageFault = request => request.From is null ? new FakeAnswer(200) { Body = Weights[..^1] } : new FakeAnswer(416);
        Assert.Contains("the rest from byte 999999 on was not to be had (416,", await RefusalAsync<DataException>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_sends_in_circles_is_refused()
    {
        _folder.Hub.Fault = request => request.Path.StartsWith("/api", StringComparison.Ordinal) ? new FakeAnswer(307, ("Location", request.Path)) : null;
        Assert.Contains("/api/models/org/model/revision/main is sent elsewhere more than 10 times", await RefusalAsync<DataException>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_has_renamed_the_model_is_followed()
    {
        _folder.Hub.Fault = request => request.Path.StartsWith("/old", StringComparison.Ordinal) ? _folder.Hub.Answer(request with { Path = request.Path[4..] }) : new FakeAnswer(307, ("Location", "/old" + request.Path));
        await _folder.FetchAsync();
        Assert.True(_folder.Snapshot().IsWhole);
    }

    [Theory]
    [InlineData("{", "does not list the files of org/model")]
    [InlineData("[]", "does not list the files of org/model")]
    [InlineData("{ \"sha\": \"../../evil\", \"siblings\": [] }", "gives '../../evil' for the commit of 'org/model'")]
    [InlineData("{ \"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\": [{ \"rfilename\": \"../config.json\" }, { \"rfilename\": \"/etc/tokenizer.json\" }] }", "org/model has no config.json, no tokenizer.json, no model.safetensors or model.safetensors.index.json;")]
    public async Task Whose_list_is_none_is_refused(string list, string problem)
    {
        _folder.Hub.Fault = request => request.Path.StartsWith("/api", StringComparison.Ordinal) ? new FakeAnswer(200) { Body = Encoding.UTF8.GetBytes(list) } : null;
        Assert.Contains(problem, await RefusalAsync<Exception>(), StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(_folder.Model) ? Directory.GetFiles(_folder.Model, "*", SearchOption.AllDirectories) : []);
    }

    [Fact]
    public async Task With_a_hundred_thousand_files_gives_those_that_are_wanted()
    {
        for (var i = 0; i < 100_000; i++)
        {
            _folder.Hub.Files[$"checkpoint-{i}/optimizer.bin"] = [];
        }

        await _folder.FetchAsync();
        Assert.Equal(5, Directory.GetFiles(_folder.Snapshot().Folder!).Length);
    }

    [Fact]
    public async Task With_a_list_that_does_not_end_is_refused()
    {
        var endless = new byte[65 << 20];
        _folder.Hub.Fault = request => request.Path.StartsWith("/api", StringComparison.Ordinal) ? new FakeAnswer(200) { Body = endless } : null;
        Assert.Contains("answers with more than 64 MB where a list of files was expected", await RefusalAsync<DataException>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../../outside.safetensors")]
    [InlineData("/tmp/outside.safetensors")]
    [InlineData("sub/model.safetensors")]
    [InlineData("..")]
    [InlineData("model.bin")]
    [InlineData("")]
    public async Task Whose_index_leads_out_of_the_folder_is_refused(string shard)
    {
        _folder.Shard(shard);
        _folder.Hub.Files[shard] = HubFolder.Large(5);
        Assert.Contains($"error ASL1002: the weight_map of 'b' should be the name of a .safetensors file in the same folder, '{shard}' found.", await RefusalAsync<DataException>(), StringComparison.Ordinal);
        Assert.Empty(_folder.Hub.StorageRequests);
    }

    [Fact]
    public async Task That_lacks_a_file_of_the_index_is_refused_before_anything_large_comes()
    {
        _folder.Shard("model-00009-of-00002.safetensors");
        Assert.Contains("the weights are said to be in model-00009-of-00002.safetensors, which the hub does not have.", await RefusalAsync<DataException>(), StringComparison.Ordinal);
        Assert.Empty(_folder.Hub.StorageRequests);
    }

    [Theory]
    [InlineData("not a hash", "9")]
    [InlineData("../../../evil", "9")]
    [InlineData("0123456789abcdef0123456789abcdef01234567", null)]
    [InlineData("0123456789abcdef0123456789abcdef01234567", "-1")]
    public async Task That_does_not_say_what_a_file_is_is_refused(string hash, string? size)
    {
        _folder.Hub.Fault = request => request.Method is "HEAD" ? new FakeAnswer(302, [("Location", "http://127.0.0.2:1/"), ("X-Linked-Etag", $"\"{hash}\""), .. size is null ? [] : new[] { ("X-Linked-Size", size) }]) : null;
        Assert.Contains(" does not say what ", await RefusalAsync<DataException>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_claims_more_than_the_disk_has_is_not_begun()
    {
        _folder.Hub.Fault = request => request.Method is "HEAD" && request.Path.EndsWith("/model.safetensors", StringComparison.Ordinal)
            ? new FakeAnswer(302, ("Location", "http://127.0.0.2:1/"), ("X-Linked-Etag", new string('a', 64)), ("X-Linked-Size", $"{1L << 60}")) : null;
        Assert.Contains($"error ASL3003: org/model needs {1L << 60} bytes more in the hub cache, and ", await RefusalAsync<DataException>(), StringComparison.Ordinal);
        Assert.Empty(_folder.Hub.StorageRequests);
    }

    private string Partial() => Path.Combine(_folder.Model, "blobs", FakeHub.Sha256(Weights) + ".incomplete");

    private string Prepared()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Model, "blobs"));
        return Partial();
    }

    /// <summary>The first answers to a part of the addresses are other ones.</summary>
    private void Faults(string path, int count, Func<FakeRequest, FakeAnswer> fault) =>
        _folder.Hub.Fault = request => request.Path.StartsWith(path, StringComparison.Ordinal) && Interlocked.Decrement(ref count) >= 0 ? fault(request) : null;

    private async Task<string> RefusalAsync<T>()
        where T : Exception =>
        (await Assert.ThrowsAnyAsync<T>(() => _folder.FetchAsync())).Message;
}
