using System.Collections.Concurrent;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Sharing;
using AngelSlim.Testing;
using Xunit;
using static AngelSlim.Core.Tests.Sharing.TwoStores;

namespace AngelSlim.Core.Tests.Sharing;

public sealed class A_bucket_that_fails : IDisposable
{
    private readonly TwoStores _stores = new();
    private FakeBucket _bucket = new();

    public A_bucket_that_fails() => _stores.Cache = In(_bucket);

    [Theory]
    [InlineData(403, "AccessDenied", "403 AccessDenied (This is what the server says). Check the credentials")]
    [InlineData(401, "Unauthorized", "Check the credentials")]
    [InlineData(404, "NoSuchBucket", "Expected a bucket bucket at the server http://127.0.0.1:")]
    [InlineData(500, "InternalError", "500 InternalError")]
    [InlineData(503, "SlowDown", "503 SlowDown")]
    [InlineData(301, "PermanentRedirect", "Set AWS_REGION to the bucket's region")]
    [Provokes(ProblemCode.CacheRefuses)]
    public void Is_told_with_place_and_what_to_do(int status, string code, string found)
    {
        _bucket.Fault = _ => new(status, code);
        var refused = Refused(() => _stores.Push());
        Assert.Contains(found, refused.Message, StringComparison.Ordinal);
        Assert.Contains("give the same command again", refused.Message, StringComparison.Ordinal);
        Assert.Contains("s3://bucket/some/prefix", refused.Message, StringComparison.Ordinal);
        Assert.Contains(found, Refused(() => _stores.Pull()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_nobody_listens()
    {
        var url = _bucket.Url;
        _bucket.Dispose();
        Assert.Contains($"Expected an answer of the server {url}; found none", Refused(() => _stores.Push()).Message, StringComparison.Ordinal);
        _bucket = new FakeBucket();
    }

    [Fact]
    public void For_a_moment_is_asked_again()
    {
        var seen = new ConcurrentDictionary<string, bool>();
        _bucket.Fault = line => line.StartsWith("PUT", StringComparison.Ordinal) && seen.TryAdd(line, true) ? new(500, "InternalError") : null;
        Assert.Equal(["a Moved", "all Moved", "b Moved", "lines Moved"], Words(_stores.Push()));
        _bucket.Fault = line => line.Contains("files/", StringComparison.Ordinal) && seen.TryAdd(line, true) ? new() { ClosesAfter = 1 } : null;
        Assert.Equal(["a Moved", "all Moved", "b Moved", "lines Moved"], Words(_stores.Pull()));
        Assert.Equal(Objects(_stores.There), Objects(_stores.Here));
    }

    [Fact]
    public void In_the_middle_of_every_file_leaves_nothing_that_counts()
    {
        _stores.Push();
        _bucket.Fault = line => line.Contains("files/", StringComparison.Ordinal) ? new() { ClosesAfter = 1 } : null;
        Assert.Contains("it broke off 4 times", Refused(() => _stores.Pull()).Message, StringComparison.Ordinal);
        Assert.Empty(Objects(_stores.Here));
        _bucket.Fault = _ => null;
        Assert.Equal(["a Moved", "all Moved", "b Moved", "lines Moved"], Words(_stores.Pull()));
        Assert.Equal(Objects(_stores.There), Objects(_stores.Here));
    }

    [Fact]
    public void To_answer_in_time_is_told()
    {
        _stores.Cache.Dispose();
        _stores.Cache = In(_bucket, new S3Limits { Retries = 0, Request = TimeSpan.FromMilliseconds(300) });
        _bucket.Fault = _ => new() { Waits = TimeSpan.FromMinutes(1) };
        Assert.Contains("found none in the time that a request has", Refused(() => _stores.Push()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void To_keep_what_it_was_sent_is_found_out_by_its_digests()
    {
        _bucket.Fault = line => line.StartsWith("PUT", StringComparison.Ordinal) ? new() { Flips = true } : null;
        Assert.Contains("They were changed on the way", Refused(() => _stores.Push()).Message, StringComparison.Ordinal);
        Assert.All(_bucket.Objects.Values, Assert.Empty);
    }

    [Fact]
    public void To_keep_what_it_was_sent_and_checks_nothing_is_found_out_by_reading_back()
    {
        Replace(new FakeBucket { KnowsSha256 = false });
        _bucket.Fault = line => line.StartsWith("PUT", StringComparison.Ordinal) && line.Contains("files/", StringComparison.Ordinal) ? new() { Flips = true } : null;
        Assert.Contains("what it gives back is something else", Refused(() => _stores.Push()).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_bucket.Objects.Keys, name => name.EndsWith(CacheNames.Listing, StringComparison.Ordinal));
    }

    [Fact]
    public void To_give_back_what_it_has_gives_no_result()
    {
        _stores.Push();
        _bucket.Fault = line => line.Contains("files/", StringComparison.Ordinal) && line.StartsWith("GET", StringComparison.Ordinal) ? new() { Flips = true } : null;
        var ends = _stores.Pull();
        Assert.All(ends, end => Assert.Equal((TransferOutcome.Damaged, ProblemCode.CacheCorrupt), (end.Outcome, end.Problem!.Code)));
        Assert.Empty(Objects(_stores.Here));
    }

    [Fact]
    public void In_one_of_the_parts_of_a_file_keeps_none_of_them()
    {
        _stores.Cache.Dispose();
        _stores.Cache = In(_bucket, new S3Limits { PartSize = 30, Retries = 0 });
        _bucket.Fault = line => line.Contains("partNumber=2", StringComparison.Ordinal) ? new(500, "InternalError") : null;
        Refused(() => _stores.Push());
        Assert.Equal(0, _bucket.OpenUploads);
        Assert.DoesNotContain(_bucket.Objects.Keys, name => name.StartsWith($"some/prefix/{CacheNames.Of(_stores.Key("a"), CacheNames.Listing)}", StringComparison.Ordinal));
        _bucket.Fault = _ => null;
        Assert.Equal(TransferOutcome.Moved, _stores.Push().Single(end => end.Step is "a").Outcome);
    }

    [Fact]
    public void To_end_its_listing_is_told()
    {
        _stores.Push();
        var objects = _bucket.Objects.ToList();
        Replace(new FakeBucket { PageSize = 2, RepeatsPages = true });
        objects.ForEach(found => _bucket.Objects[found.Key] = found.Value);
        Assert.Contains("listing does not end", Refused(() => _stores.Pull()).Message, StringComparison.Ordinal);
        Assert.Contains("listing does not end", Refused(() => new CachedResults(_stores.Cache).All(default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stops_when_the_user_wants_to()
    {
        using var stop = new CancellationTokenSource();
        _bucket.Fault = line =>
        {
            if (line.StartsWith("PUT", StringComparison.Ordinal))
            {
                stop.Cancel();
            }

            return null;
        };
        Assert.ThrowsAny<OperationCanceledException>(() => _stores.Push(stop.Token));
        Assert.DoesNotContain(_bucket.Objects.Keys, name => name.EndsWith(CacheNames.Listing, StringComparison.Ordinal));
        Assert.Contains("a Moved", Words(_stores.Push()));
    }

    [Theory]
    [InlineData("s3://b", null)]
    [InlineData("s3:///x", null)]
    [InlineData("s3://bucket/../x", null)]
    [InlineData("s3://bucket//x", null)]
    [InlineData("s3://key:secret@bucket/x", null)]
    [InlineData("s3://bucket/x", "minio:9000")]
    [InlineData("s3://bucket/x", "http://key:secret@minio:9000")]
    [InlineData("gs://bucket/x", null)]
    [InlineData("folder", "http://minio:9000")]
    [InlineData("", null)]
    public void To_be_named_right_is_refused_without_its_secret(string place, string? endpoint)
    {
        var refused = Assert.Throws<UserException>(() => CacheLocation.Open(place, endpoint, surrounding: null, TimeProvider.System));
        Assert.Equal(ProblemCode.Usage, refused.Problems[0].Code);
        Assert.DoesNotContain("secret@", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("key:", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _stores.Dispose();
        _bucket.Dispose();
    }

    private void Replace(FakeBucket bucket)
    {
        _stores.Cache.Dispose();
        _bucket.Dispose();
        _bucket = bucket;
        _stores.Cache = In(bucket);
    }

    private static DataException Refused(Func<object> work)
    {
        var refused = Assert.Throws<DataException>(work);
        Assert.Equal(ProblemCode.CacheRefuses, refused.Problem.Code);
        Assert.DoesNotContain("a-secret", refused.ToString(), StringComparison.Ordinal);
        return refused;
    }
}
