using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Sharing;
using AngelSlim.Core.Upkeep;
using AngelSlim.Testing;
using Xunit;
using static AngelSlim.Core.Tests.Sharing.TwoStores;

namespace AngelSlim.Core.Tests.Sharing;

/// <summary>Through a folder, through a bucket as one object a file, as parts, on pages of two names, and through one that checks nothing.</summary>
public sealed class A_shared_result : IDisposable
{
    private readonly TwoStores _stores = new();
    private FakeBucket? _bucket;

    public static TheoryData<string> Caches => ["folder", "bucket", "parts", "pages", "silent"];

    [Theory]
    [MemberData(nameof(Caches))]
    public void Is_the_same_to_the_last_byte_and_is_not_made_again(string cache)
    {
        Choose(cache);
        Assert.Equal(["a Moved", "all Moved", "b Moved", "lines Moved"], Words(_stores.Push()));
        Assert.Equal(["a Moved", "all Moved", "b Moved", "lines Moved"], Words(_stores.Pull()));

        Assert.Equal(Objects(_stores.There), Objects(_stores.Here));
        Assert.All(_stores.Here.Run(Steps).Values, outcome => Assert.Equal("cached", outcome));
        Assert.Empty(_stores.Here.Store.Arriving());
        Assert.Empty(_stores.Warnings);
        Assert.Equal(["fetched", "read", "read again", "sent"], _stores.Told.Order());
        Assert.Equal(0, _bucket?.OpenUploads ?? 0);
    }

    [Theory]
    [MemberData(nameof(Caches))]
    public void Is_moved_once(string cache)
    {
        Choose(cache);
        _stores.Push();
        var sent = _bucket?.Requests.Count(request => request.StartsWith("PUT", StringComparison.Ordinal));
        Assert.Equal(["a There", "all There", "b There", "lines There"], Words(_stores.Push()));
        Assert.Equal(sent, _bucket?.Requests.Count(request => request.StartsWith("PUT", StringComparison.Ordinal)));

        _stores.Pull();
        var read = _bucket?.Requests.Count;
        Assert.Equal(["a There"], Words(_stores.Pull([new("a", _stores.Key("a"))])));
        Assert.Equal(read, _bucket?.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(Caches))]
    public void That_is_the_last_of_a_chain_comes_without_what_it_was_made_of(string cache)
    {
        Choose(cache);
        _stores.Push();
        var plan = new SharedPlan(_stores.Here.Planner, new CachedResults(_stores.Cache)).Look(Core.Planning.Selection.Of(Steps), default).ToList();
        Assert.Equal(_stores.Key("lines"), plan[^1].Key);
        Assert.Equal(["lines Moved"], Words(_stores.Pull([plan[^1].Wanted])));
        Assert.Equal(["count"], _stores.Here.Store.Objects().Select(found => found.Key.Stage));
    }

    [Theory]
    [MemberData(nameof(Caches))]
    public void Is_judged_where_it_lies(string cache)
    {
        Choose(cache);
        _stores.Push();
        Assert.All(_stores.Verify(Treatment.Look), result => Assert.Empty(result.Faults));
        Assert.Equal(4, new CachedResults(_stores.Cache).All(default).Count);
    }

    [Fact]
    public void Is_known_to_the_index_with_what_it_was_made_of()
    {
        _stores.Push();
        _stores.Pull();
        var objects = _stores.Here.Store.Objects().ToList();
        var missing = ResultIndex.Missing(_stores.Here.Database, objects);
        Assert.Equal(4, missing.Count);
        ResultIndex.Keep(_stores.Here.Database, missing, objects);
        Assert.Empty(ResultIndex.Missing(_stores.Here.Database, objects));
        Assert.Equal(
            [_stores.Key("a").Recipe.Hex, _stores.Key("b").Recipe.Hex],
            _stores.Here.Database.Rows("select from_key from lineage where stage = 'join' order by position", row => row.GetString(0)));
        Assert.DoesNotContain(new Doctor(_stores.Here.Store.Root, Treatment.Look, TimeProvider.System, _ => { }).Examine(), finding => finding.Health is Health.Wrong);
    }

    [Fact]
    public void Takes_the_place_of_one_that_is_damaged_here()
    {
        _stores.Push();
        _stores.Here.Run(Steps);
        var text = Path.Combine(_stores.Here.Results["a"].Folder, "text");
        File.Delete(text);
        File.WriteAllText(text, "other");

        Assert.Equal(["a Moved"], Words(_stores.Pull([new("a", _stores.Key("a"))])));
        Assert.Contains("It was moved to", Assert.Single(_stores.Warnings), StringComparison.Ordinal);
        Assert.All(_stores.Here.Run(Steps).Values, outcome => Assert.Equal("cached", outcome));
        Assert.Single(Directory.GetDirectories(_stores.Here.Store.Quarantine));
    }

    [Fact]
    public void That_is_damaged_is_not_sent()
    {
        var text = Path.Combine(_stores.There.Results["b"].Folder, "text");
        File.Delete(text);
        File.WriteAllText(text, "b 0\nb 1\nb 3\n");
        var ends = _stores.Push();
        Assert.Equal(["a Moved", "all Moved", "b Damaged", "lines Moved"], Words(ends));
        Assert.Contains("the bytes of text have changed", ends.Single(end => end.Problem is not null).Problem!.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_stores.InCache("b", "")));
    }

    [Fact]
    public void Of_other_bytes_does_not_replace_the_first()
    {
        _stores.Push();
        var folder = Path.GetDirectoryName(_stores.There.Results["b"].Folder)!;
        var (text, listing) = (Path.Combine(folder, "output", "text"), Path.Combine(folder, ArtifactStore.ListingFile));
        File.Delete(text);
        File.WriteAllText(text, "from another machine");
        File.WriteAllText(listing, (_stores.There.Results["b"] with { Listing = ArtifactListing.Of(Path.Combine(folder, "output"), Digest.OfFile) }).ToJson());

        Assert.Equal(["a There", "all There", "b There", "lines There"], Words(_stores.Push()));
        Assert.StartsWith("b: the cache has other bytes of this key", Assert.Single(_stores.Warnings), StringComparison.Ordinal);
        Assert.Equal("b 0\nb 1\nb 2\n", File.ReadAllText(Assert.Single(Directory.GetFiles(_stores.InCache("b", CacheNames.Files)))));
    }

    [Fact]
    public void That_somebody_makes_is_left_to_them()
    {
        _stores.Push();
        using var held = StoreLock.TryTake(_stores.Here.Store.Root, _stores.Key("a"), new Holder(7, "there", DateTimeOffset.UnixEpoch));
        Assert.Equal(["a Busy", "all Moved", "b Moved", "lines Moved"], Words(_stores.Pull()));
    }

    [Fact]
    public void That_was_not_made_or_not_sent_is_absent()
    {
        var never = new StepKey("write", Digest.Of("never"));
        using var lanes = new Lanes(1);
        Assert.Equal(TransferOutcome.Absent, Assert.Single(new Push(_stores.There.Store, _stores.Cache, lanes, (_, _) => { }).Go([new(null, never)], default)).Outcome);
        Assert.Equal(TransferOutcome.Absent, Assert.Single(_stores.Pull([new(null, never)])).Outcome);
    }

    public void Dispose()
    {
        _stores.Dispose();
        _bucket?.Dispose();
    }

    private void Choose(string cache)
    {
        if (cache is "folder")
        {
            return;
        }

        _bucket = new FakeBucket { KnowsSha256 = cache is not "silent", PageSize = cache is "pages" ? 2 : 1000 };
        _stores.Cache = In(_bucket, new S3Limits { PartSize = cache is "parts" ? 30 : 16 << 20, Retries = 1 });
    }
}
