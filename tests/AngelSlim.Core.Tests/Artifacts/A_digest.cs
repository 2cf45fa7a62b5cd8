using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Tests.Running;
using Xunit;

namespace AngelSlim.Core.Tests.Artifacts;

public sealed class A_digest : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Memo _memo = new();

    [Fact]
    public void Is_sha256() => // FIPS 180-4, "abc"
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Digest.Of("abc").Hex);

    [Fact]
    public void Of_a_file_is_that_of_its_bytes()
    {
        File.WriteAllText(_folder.At("file"), "abc");
        Assert.Equal(Digest.Of("abc"), Digest.OfFile(_folder.At("file")));
    }

    [Fact]
    public void Of_a_file_that_has_settled_is_remembered()
    {
        var path = Written("abc");
        Assert.Equal(Digest.Of("abc"), Digests(TimeSpan.FromSeconds(5)).Of(path));
        Assert.Equal(Digest.Of("abc"), Digests(TimeSpan.FromSeconds(6)).Of(path));
        Assert.Equal((1, 1), (_memo.Kept, _memo.Hits));
    }

    [Fact]
    public void Of_a_file_that_changed_just_now_is_not_remembered()
    {
        Digests(TimeSpan.FromSeconds(1)).Of(Written("abc"));
        Assert.Equal(0, _memo.Kept);
    }

    [Fact]
    public void Follows_a_change_that_keeps_size_and_time()
    {
        var path = Written("abc");
        var digests = Digests(TimeSpan.FromSeconds(5));
        digests.Of(path);
        var time = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, "abd");
        File.SetLastWriteTimeUtc(path, time);

        Assert.Equal(Digest.Of("abd"), digests.Of(path));
    }

    [Fact]
    public void Of_a_checkpoint_leaves_out_what_no_loader_reads()
    {
        var sources = new SourceDigests(Digests(TimeSpan.Zero));
        File.WriteAllText(_folder.At("config.json"), "{}");
        var before = sources.Of(new TargetFolder(_folder.Path)).Digest;
        File.WriteAllText(_folder.At("README.md"), "words");
        Assert.Equal(before, sources.Of(new TargetFolder(_folder.Path)).Digest);
        File.WriteAllText(_folder.At("model.safetensors"), "weights");
        Assert.NotEqual(before, sources.Of(new TargetFolder(_folder.Path)).Digest);
    }

    [Fact]
    public void Of_a_checkpoint_follows_the_links_of_a_hub_cache()
    {
        Directory.CreateDirectory(_folder.At("blobs"));
        Directory.CreateDirectory(_folder.At("linked"));
        Directory.CreateDirectory(_folder.At("plain"));
        File.WriteAllText(_folder.At("blobs", "b1"), "{}");
        File.WriteAllText(_folder.At("plain", "config.json"), "{}");
        File.CreateSymbolicLink(_folder.At("linked", "config.json"), "../blobs/b1");
        var sources = new SourceDigests(Digests(TimeSpan.Zero));

        Assert.Equal(sources.Of(new TargetFolder(_folder.At("plain"))).Digest, sources.Of(new TargetFolder(_folder.At("linked"))).Digest);
    }

    [Fact]
    public void Of_a_source_that_is_gone_is_refused()
    {
        var wrong = Assert.Throws<DataException>(() => new SourceDigests(Digests(TimeSpan.Zero)).Of(new SourceFile(_folder.Path, "gone.jsonl")));
        Assert.Contains("gone.jsonl", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_result_refuses_links()
    {
        File.CreateSymbolicLink(_folder.At("link"), "/etc/hostname");
        Assert.Throws<InvalidDataException>(() => ArtifactListing.Of(_folder.Path, Digest.OfFile));
    }

    public void Dispose() => _folder.Dispose();

    private string Written(string text)
    {
        var path = _folder.At("file");
        File.WriteAllText(path, text);
        return path;
    }

    private FileDigests Digests(TimeSpan later) => new(_memo, new Later(later));

    /// <summary>The system's clock, ahead by some time: as if the files had been written that long ago.</summary>
    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    private sealed class Memo : IDigestMemo
    {
        private readonly Dictionary<FileIdentity, Digest> _known = [];

        public int Kept { get; private set; }

        public int Hits { get; private set; }

        public Digest? Find(FileIdentity file)
        {
            var known = _known.TryGetValue(file, out var digest);
            Hits += known ? 1 : 0;
            return known ? digest : null;
        }

        public void Keep(FileIdentity file, Digest digest)
        {
            Kept++;
            _known[file] = digest;
        }
    }
}
