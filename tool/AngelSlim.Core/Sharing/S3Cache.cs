using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Sharing;

/// <summary>A cache in a bucket of a server that speaks S3.</summary>
/// <remarks>
/// Every object is sent with its SHA-256. A server that checks it says so by repeating it; what another server took is read
/// back. Credentials are looked for by the SDK: environment, profile, container, machine. Only this class and
/// <see cref="S3Upload"/> know the SDK, so that nothing of it is loaded for a command without a bucket.
/// </remarks>
internal sealed class S3Cache : ICache
{
    private readonly S3Place _place;
    private readonly S3Limits _limits;
    private readonly AmazonS3Client _client;
    private readonly S3Upload _upload;

    /// <summary>Asks nothing of the server yet.</summary>
    /// <exception cref="Manifests.DataException">No region and no server is known.</exception>
    public S3Cache(S3Place place, S3Limits limits)
    {
        (_place, _limits) = (place, limits);
        _client = S3Refusal.Guard(place, place.ToString(), () => new AmazonS3Client(Settings(place, limits)), cancellation: default);
        _upload = new S3Upload(_client, place.Bucket, limits.PartSize);
    }

    /// <inheritdoc/>
    public string Place => _place.ToString();

    /// <inheritdoc/>
    public string Locate(string name) => $"s3://{_place.Bucket}/{_place.Prefix}{name}";

    /// <inheritdoc/>
    public IEnumerable<CachedFile> List(StepKey? key, CancellationToken cancellation)
    {
        var below = _place.Prefix + (key is { } one ? CacheNames.Of(one, "") : "");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (string? next = null; ;)
        {
            var page = Guarded(
                "",
                () => _client.ListObjectsV2Async(new() { BucketName = _place.Bucket, Prefix = below, ContinuationToken = next }, cancellation).GetAwaiter().GetResult(),
                cancellation);
            foreach (var found in page.S3Objects ?? [])
            {
                if (!found.Key.StartsWith(below, StringComparison.Ordinal) || !names.Add(found.Key) || names.Count > _limits.MostNames)
                {
                    throw CacheFault.Refused(Locate(""), $"The server's listing does not end, or is not of what was asked: each name below '{below}' was expected once, and {names.Count} names in '{found.Key}' was found. Look at the server; nothing was changed.");
                }

                yield return new(found.Key[_place.Prefix.Length..], found.Size ?? 0);
            }

            if (page.IsTruncated is not true)
            {
                yield break;
            }

            if (page.NextContinuationToken is not { Length: > 0 } token || token == next || page.S3Objects is not { Count: > 0 })
            {
                throw CacheFault.Refused(Locate(""), $"The server's listing stands still: behind {names.Count} names a next page was expected, and the same one, or none, was found. Look at the server; nothing was changed.");
            }

            next = token;
        }
    }

    /// <inheritdoc/>
    public Stream? Open(string name, CancellationToken cancellation) => Guarded<Stream?>(
        name,
        () =>
        {
            try
            {
                return _client.GetObjectAsync(new GetObjectRequest { BucketName = _place.Bucket, Key = _place.Prefix + name }, cancellation).GetAwaiter().GetResult().ResponseStream;
            }
            catch (AmazonS3Exception failure) when (failure.ErrorCode is "NoSuchKey")
            {
                return null;
            }
        },
        cancellation);

    /// <inheritdoc/>
    public void Put(string name, SentFile file, Action<long> moved, CancellationToken cancellation)
    {
        if (Guarded(name, () => _upload.Send(_place.Prefix + name, file, moved, cancellation), cancellation) is Receipt.Checked)
        {
            return;
        }

        using var back = Open(name, cancellation);
        if (back is null || Guarded(name, () => Digest.Of(back), cancellation) != file.Sha256)
        {
            throw CacheFault.Refused(Locate(name), $"The server does not check SHA-256, and what it gives back is something else than {file.Path}. Push again; if it stays, do not use this server.");
        }
    }

    /// <inheritdoc/>
    public void Delete(string name, CancellationToken cancellation) =>
        Guarded(name, () => _client.DeleteObjectAsync(new() { BucketName = _place.Bucket, Key = _place.Prefix + name }, cancellation).GetAwaiter().GetResult(), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static AmazonS3Config Settings(S3Place place, S3Limits limits)
    {
        // What the SDK adds of its own accord are newer checksums, which fewer servers know.
        var settings = new AmazonS3Config
        {
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = limits.Retries,
            Timeout = limits.Request,
        };
        if (place.Endpoint is { } server)
        {
            var region = FallbackRegionFactory.GetRegionEndpoint()?.SystemName ?? "us-east-1";
            (settings.ServiceURL, settings.ForcePathStyle, settings.AuthenticationRegion) = (server.ToString(), true, region);
        }

        return settings;
    }

    private T Guarded<T>(string name, Func<T> work, CancellationToken cancellation) => S3Refusal.Guard(_place, Locate(name), work, cancellation);
}
