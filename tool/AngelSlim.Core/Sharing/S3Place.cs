using System.Text.RegularExpressions;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Sharing;

/// <summary>A part of a bucket.</summary>
/// <param name="Bucket">Its name.</param>
/// <param name="Prefix">What all names in it begin with: empty, or ending with a slash.</param>
/// <param name="Endpoint">The server; null for that of Amazon's region.</param>
internal sealed partial record S3Place(string Bucket, string Prefix, Uri? Endpoint)
{
    private const string Scheme = "s3://";

    /// <summary>The user names a bucket, not a folder.</summary>
    public static bool IsMeant(string place) => place.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>s3://bucket/prefix</c>.</summary>
    /// <param name="place">As typed.</param>
    /// <param name="endpoint">As typed or as the environment has it; null for none.</param>
    /// <exception cref="UserException">It is no such place. What may be a secret is not repeated.</exception>
    public static S3Place Parse(string place, string? endpoint)
    {
        var rest = place[Scheme.Length..];
        if (rest.Split('/')[0].AsSpan().ContainsAny(':', '@'))
        {
            throw Wrong("A cache is named without credentials, as s3://bucket/prefix. They come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or from a profile (AWS_PROFILE).");
        }

        var parts = rest.TrimEnd('/').Split('/');
        if (!BucketName().IsMatch(parts[0]) || parts.Skip(1).Any(part => part is "" or "." or ".." || part.Any(char.IsControl)))
        {
            throw Wrong($"A cache on a server is s3://bucket/prefix, not '{CacheFault.OnOneLine(place)}': a bucket has 3 to 63 letters, digits, dots and dashes, and no part of the prefix is empty, '.' or '..'.");
        }

        return new(parts[0], string.Concat(parts.Skip(1).Select(part => part + "/")), endpoint is null ? null : Server(endpoint));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}{Bucket}/{Prefix}".TrimEnd('/');

    private static Uri Server(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", UserInfo: "", Query: "" }
            ? uri
            : throw Wrong("The endpoint (--endpoint, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL) is the address of a server without credentials, such as https://minio.example.org:9000.");

    private static UserException Wrong(string message) => new(ProblemCode.Usage, message);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$")]
    private static partial Regex BucketName();
}
