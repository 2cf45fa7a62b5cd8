using AngelSlim.Core.Artifacts;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

/// <summary>No handle left, no right, no answer from the disk: that says nothing about the file, and is no reason to put a result away.</summary>
public sealed class A_refusal_of_the_system : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(24)]
    [InlineData(5)]
    [InlineData(13)]
    public void Is_no_damage(int error)
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"));
        var key = toy.Results["a"].Key;
        var refusal = FileIdentity.Refusal("/some/file", error);
        var store = new ArtifactStore(_folder.Path, new FileDigests(new RefusingMemo(refusal), TimeProvider.System), TimeProvider.System);

        Assert.Same(refusal, Record.Exception(() => store.Find(key)));
        Assert.Contains("/some/file", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(toy.Store.Find(key).Found);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{ "form": 1, "form": 2, "files": [] }""")]
    [InlineData("""{ "files": [{ "path": "text", "size": 1e99, "sha256": "" }] }""")]
    [InlineData("""{ "files": [{ "path": "text", "size": 1, "sha256": null }] }""")]
    public void Is_not_what_a_damaged_listing_is(string listing)
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"));
        var key = toy.Results["a"].Key;
        File.WriteAllText(_folder.At("objects", key.RelativePath, ArtifactStore.ListingFile), listing);
        Assert.NotNull(toy.Store.Find(key).Fault);
        File.Delete(_folder.At("objects", key.RelativePath, ArtifactStore.ListingFile));
        Assert.NotNull(toy.Store.Find(key).Fault);
    }

    [Fact]
    public void Is_told_from_a_file_that_is_not_there()
    {
        File.WriteAllText(_folder.At("file"), "");
        Assert.Throws<FileNotFoundException>(() => FileIdentity.Of(_folder.At("absent")));
        Assert.Throws<FileNotFoundException>(() => FileIdentity.Of(_folder.At("file", "below")));
        if (OperatingSystem.IsLinux())
        {
            var tooLong = Assert.Throws<IOException>(() => FileIdentity.Of(_folder.At(new string('x', 300))));
            Assert.DoesNotContain("There is no file", tooLong.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    private sealed class RefusingMemo(Exception refusal) : IDigestMemo
    {
        public Digest? Find(FileIdentity file) => throw refusal;

        public void Keep(IReadOnlyCollection<FileContent> files) => throw refusal;
    }
}
