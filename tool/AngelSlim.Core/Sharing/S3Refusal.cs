using System.Globalization;
using System.Net;
using Amazon.Runtime;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Sharing;

/// <summary>What a server or the way to it refused, as one sentence for the user.</summary>
internal static class S3Refusal
{
    /// <summary>A failure of the server, of the network, or of the SDK on the way there.</summary>
    public static bool IsOne(Exception failure) => failure is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException or TimeoutException;

    /// <summary>Does something with a server.</summary>
    /// <exception cref="DataException">It did not succeed.</exception>
    public static T Guard<T>(S3Place place, string at, Func<T> work, CancellationToken cancellation)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (IsOne(failure) && !cancellation.IsCancellationRequested)
        {
            throw CacheFault.Refused(at, $"{Found(place, failure)} Then give the same command again: it goes on with what is missing.", failure);
        }
        catch (Exception failure) when (IsOne(failure))
        {
            // The user wanted to stop; the SDK wraps that now and then.
            throw new OperationCanceledException("Stopped.", failure, cancellation);
        }
    }

    private static string Found(S3Place place, Exception failure)
    {
        var server = place.Endpoint is { } endpoint ? $"the server {endpoint.GetLeftPart(UriPartial.Authority)}" : "the server of Amazon's region";
        return failure switch
        {
            AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } refused =>
                $"Expected that {server} lets this be done; found {Answer(refused)}. Check the credentials (AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), the clock, and the rights on bucket {place.Bucket}: list, get, put, and delete for 'cache verify --fix'.",
            AmazonServiceException { ErrorCode: "NoSuchBucket" } =>
                $"Expected a bucket {place.Bucket} at {server}; found none. Make it, or correct the name or the endpoint (--endpoint, AWS_ENDPOINT_URL_S3).",
            AmazonServiceException { StatusCode: HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect } moved =>
                $"Expected bucket {place.Bucket} at {server}; found {Answer(moved)}. Set AWS_REGION to the bucket's region.",
            AmazonServiceException { ErrorCode: "BadDigest" or "XAmzContentSHA256Mismatch" or "XAmzContentChecksumMismatch" or "InvalidDigest" } changed =>
                $"Expected that {server} gets the bytes that were sent; found {Answer(changed)}. They were changed on the way, and the server took nothing. See what lies between here and there.",
            AmazonServiceException { StatusCode: not 0 } answered => $"Expected that {server} does it; found {Answer(answered)}, also after some tries. See what is wrong with the server.",
            AmazonClientException { InnerException: null } here => $"The request could not be made: {Sentence(here.Message)} Credentials come from AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; the region from AWS_REGION. Set them.",
            OperationCanceledException or TimeoutException => $"Expected an answer of {server}; found none in the time that a request has. See whether the server and the way to it are well.",
            _ => $"Expected an answer of {server}; found none: {Sentence(Innermost(failure).Message)} See whether the address is right, the server runs, and the network is there.",
        };
    }

    private static string Answer(AmazonServiceException answer) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {(answer.ErrorCode is { Length: > 0 } code ? code : $"{answer.StatusCode}")}{(answer.Message is { Length: > 0 } text ? $" ({text.TrimEnd('.')})" : "")}");

    private static string Sentence(string text) => text.TrimEnd('.', ' ') + ".";

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;
}
