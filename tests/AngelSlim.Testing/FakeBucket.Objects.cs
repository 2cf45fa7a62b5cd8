using System.Globalization;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AngelSlim.Testing;

/// <summary>What a bucket does with objects.</summary>
public sealed partial class FakeBucket
{
    private Reply List(string prefix, string? token)
    {
        var names = Objects.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var from = token is null || RepeatsPages ? 0 : int.Parse(token, CultureInfo.InvariantCulture);
        var page = names.Skip(from).Take(PageSize).ToList();
        var isTruncated = from + page.Count < names.Count;
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        xml.Append(CultureInfo.InvariantCulture, $"<Prefix>{SecurityElement.Escape(prefix)}</Prefix><KeyCount>{page.Count}</KeyCount><MaxKeys>{PageSize}</MaxKeys><IsTruncated>{(isTruncated ? "true" : "false")}</IsTruncated>");
        if (isTruncated)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<NextContinuationToken>{from + page.Count}</NextContinuationToken>");
        }

        foreach (var name in page)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<Contents><Key>{SecurityElement.Escape(name)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"0\"</ETag><Size>{Objects[name].Length}</Size><StorageClass>STANDARD</StorageClass></Contents>");
        }

        return Xml(xml.Append("</ListBucketResult>").ToString());
    }

    private Reply Put(string key, byte[] body)
    {
        Objects[key] = body;
        return Receipt(body);
    }

    private Reply Begin(string key)
    {
        var upload = Guid.NewGuid().ToString("N");
        _uploads[upload] = [];
        return Xml($"<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>bucket</Bucket><Key>{SecurityElement.Escape(key)}</Key><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>");
    }

    private Reply Part(string upload, int number, byte[] body)
    {
        if (!_uploads.TryGetValue(upload, out var parts))
        {
            return Refusal(404, "NoSuchUpload");
        }

        lock (parts)
        {
            parts[number] = body;
        }

        return Receipt(body);
    }

    /// <summary>The parts that the request names, in its order, each with the digest that it had.</summary>
    private Reply Complete(string key, string upload, string body)
    {
        if (!_uploads.TryGetValue(upload, out var parts))
        {
            return Refusal(404, "NoSuchUpload");
        }

        var named = PartNumber().Matches(body).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        var sums = PartSum().Matches(body).Select(match => match.Groups[1].Value).ToList();
        if (!named.SequenceEqual(parts.Keys) || (KnowsSha256 && !sums.SequenceEqual(parts.Values.Select(part => Convert.ToBase64String(SHA256.HashData(part))))))
        {
            return Refusal(400, "InvalidPart");
        }

        Objects[key] = [.. parts.Values.SelectMany(part => part)];
        _uploads.TryRemove(upload, out _);
        return Xml($"<CompleteMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>bucket</Bucket><Key>{SecurityElement.Escape(key)}</Key><ETag>\"0\"</ETag></CompleteMultipartUploadResult>");
    }

    private Reply Abort(string upload)
    {
        _uploads.TryRemove(upload, out _);
        return new(204, []);
    }

    private Reply Delete(string key)
    {
        Objects.TryRemove(key, out _);
        return new(204, []);
    }

    private Reply Receipt(byte[] body)
    {
        var headers = new Dictionary<string, string> { ["ETag"] = $"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}\"" };
        if (KnowsSha256)
        {
            headers["x-amz-checksum-sha256"] = Convert.ToBase64String(SHA256.HashData(body));
        }

        return new(200, []) { Headers = headers };
    }

    private static Reply Refusal(int status, string code) => Xml($"<Error><Code>{code}</Code><Message>This is what the server says.</Message><RequestId>1</RequestId></Error>", status);

    private static Reply Xml(string text, int status = 200) => new(status, Encoding.UTF8.GetBytes(text)) { Headers = new() { ["Content-Type"] = "application/xml" } };

    [GeneratedRegex(@"<PartNumber>(\d+)</PartNumber>")]
    private static partial Regex PartNumber();

    [GeneratedRegex(@"<ChecksumSHA256>([^<]+)</ChecksumSHA256>")]
    private static partial Regex PartSum();
}
