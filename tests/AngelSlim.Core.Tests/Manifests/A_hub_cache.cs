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
        _folder.Write(Model + "/snapshots/abc123/config.json", "{}");
        Assert.Equal(Path.Combine(_folder.Root, Model, "snapshots", "abc123"), _folder.Read(Manifest).Sources.Target);
    }

    [Fact]
    public void That_never_heard_of_a_model_is_told_from_one_that_is_broken()
    {
        Assert.Equal(new HubSnapshot(null, null), HubCache.Snapshot(Path.Combine(_folder.Root, "hub"), "org/broken"));
        Assert.Equal(new HubSnapshot(null, null), HubCache.Snapshot(Path.Combine(_folder.Root, "none"), "org/broken"));
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

    private const string Advice = "; fetch it again with 'hf download org/broken', or name its folder.";

    private const string Manifest = """{ "name": "e", "target": { "model": "org/broken" }, "data": { "train": ["train.jsonl"] } }""";

    private static string Refusal(string fault) => $"FOLDER/e.json(1,37): error ASL0007: 'org/broken' is in the hub cache, but {fault}{Advice}";
}
