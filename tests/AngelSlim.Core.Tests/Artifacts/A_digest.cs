using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
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
    public void Follows_a_file_that_is_replaced_by_one_of_equal_size_and_time()
    {
        var path = Written("abc");
        var digests = Digests(TimeSpan.FromSeconds(5));
        digests.Of(path);
        File.WriteAllText(_folder.At("other"), "abd");
        File.SetLastWriteTimeUtc(_folder.At("other"), File.GetLastWriteTimeUtc(path));
        File.Move(_folder.At("other"), path, overwrite: true);

        Assert.Equal(Digest.Of("abd"), digests.Of(path));
    }

    [Fact]
    public void Follows_every_change_within_one_tick_of_the_clock()
    {
        var digests = Digests(TimeSpan.Zero);
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(Digest.Of($"{i:000}"), digests.Of(Written($"{i:000}")));
        }

        Assert.Equal(0, _memo.Kept);
    }

    [Fact]
    public void Of_a_file_from_the_future_is_neither_remembered_nor_believed()
    {
        var path = Written("abc");
        Digests(TimeSpan.FromHours(-1)).Of(path);
        Assert.Equal(0, _memo.Kept);

        Digests(TimeSpan.FromHours(1)).Of(path);
        Assert.Equal(1, _memo.Kept);
        Digests(TimeSpan.FromHours(-1)).Of(path);
        Assert.Equal(0, _memo.Hits);
    }

    [Fact]
    public void Of_a_file_that_a_program_dates_forward_is_not_remembered()
    {
        var path = Written("abc");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(1));
        Digests(TimeSpan.FromHours(1)).Of(path);
        Assert.Equal(0, _memo.Kept);
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
    public void Of_many_files_is_remembered_at_once()
    {
        var folder = Directory.CreateDirectory(_folder.At("many")).FullName;
        for (var i = 0; i < 300; i++)
        {
            File.WriteAllText(Path.Combine(folder, $"{i}.json"), $"{i}");
        }

        using var database = RunDatabase.Open(_folder.At("store"));
        var commits = 0;
        var paths = Directory.GetFiles(folder);
        var memo = new Counted(database, () => commits++);
        var read = new FileDigests(memo, new Later(TimeSpan.FromSeconds(5))).Read(paths);

        Assert.All(paths, path => Assert.Equal(Digest.Of(Path.GetFileNameWithoutExtension(path)), read[path].Digest));
        Assert.Equal(1, commits);
        Assert.All(paths, path => Assert.Equal(read[path].Digest, database.Find(FileIdentity.Of(path))));
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

    private sealed class Counted(RunDatabase database, Action keeping) : IDigestMemo
    {
        public Digest? Find(FileIdentity file) => database.Find(file);

        public void Keep(IReadOnlyCollection<FileContent> files)
        {
            keeping();
            database.Keep(files);
        }
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

        public void Keep(IReadOnlyCollection<FileContent> files)
        {
            foreach (var (file, digest) in files)
            {
                Kept++;
                _known[file] = digest;
            }
        }
    }
}
