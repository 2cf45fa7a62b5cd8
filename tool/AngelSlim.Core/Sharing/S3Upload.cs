using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Sharing;

/// <summary>What a server says about bytes that it took.</summary>
internal enum Receipt
{
    /// <summary>It has checked their SHA-256.</summary>
    Checked,

    /// <summary>It says nothing about it.</summary>
    Silent,
}

/// <summary>Sends files to a bucket.</summary>
/// <param name="client">Speaks with the server.</param>
/// <param name="bucket">Its name.</param>
/// <param name="partSize">Bytes; what is larger is sent in parts.</param>
internal sealed class S3Upload(AmazonS3Client client, string bucket, int partSize)
{
    private const int MostParts = 10_000;

    /// <summary>Sends one.</summary>
    public Receipt Send(string key, SentFile file, Action<long> moved, CancellationToken cancellation) =>
        file.Size <= partSize ? SendWhole(key, file, moved, cancellation) : SendParts(key, file, moved, cancellation);

    private Receipt SendWhole(string key, SentFile file, Action<long> moved, CancellationToken cancellation)
    {
        var sha256 = Convert.ToBase64String(Convert.FromHexString(file.Sha256.Hex));
        var request = new PutObjectRequest { BucketName = bucket, Key = key, FilePath = file.Path, ChecksumSHA256 = sha256, UseChunkEncoding = false };
        var answer = client.PutObjectAsync(request, cancellation).GetAwaiter().GetResult();
        moved(file.Size);
        return answer.ChecksumSHA256 == sha256 ? Receipt.Checked : Receipt.Silent;
    }

    /// <summary>The digest of the whole is made of the same reading as those of the parts: what the server has is what was meant, or nothing.</summary>
    private Receipt SendParts(string key, SentFile file, Action<long> moved, CancellationToken cancellation)
    {
        var begun = client.InitiateMultipartUploadAsync(new() { BucketName = bucket, Key = key, ChecksumAlgorithm = ChecksumAlgorithm.SHA256 }, cancellation).GetAwaiter().GetResult();
        try
        {
            var parts = Parts(begun, file, moved, cancellation);
            client.CompleteMultipartUploadAsync(new() { BucketName = bucket, Key = key, UploadId = begun.UploadId, PartETags = [.. parts.Select(part => part.Tag)] }, cancellation).GetAwaiter().GetResult();
            return parts.TrueForAll(part => part.Receipt is Receipt.Checked) ? Receipt.Checked : Receipt.Silent;
        }
        catch
        {
            Abort(begun);
            throw;
        }
    }

    private List<(PartETag Tag, Receipt Receipt)> Parts(InitiateMultipartUploadResponse begun, SentFile file, Action<long> moved, CancellationToken cancellation)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var bytes = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        var size = Math.Max(partSize, (file.Size + MostParts - 1) / MostParts);
        var parts = new List<(PartETag, Receipt)>();
        for (var at = 0L; at < file.Size; at += size)
        {
            var length = Math.Min(size, file.Size - at);
            var sha256 = Convert.ToBase64String(HashPart(bytes, length, whole, cancellation));
            var answer = client.UploadPartAsync(
                new()
                {
                    BucketName = bucket,
                    Key = begun.Key,
                    UploadId = begun.UploadId,
                    PartNumber = parts.Count + 1,
                    FilePath = file.Path,
                    FilePosition = at,
                    PartSize = length,
                    ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
                    ChecksumSHA256 = sha256,
                    UseChunkEncoding = false,
                },
                cancellation).GetAwaiter().GetResult();
            parts.Add((new PartETag(parts.Count + 1, answer.ETag) { ChecksumSHA256 = sha256 }, answer.ChecksumSHA256 == sha256 ? Receipt.Checked : Receipt.Silent));
            moved(length);
        }

        return Convert.ToHexStringLower(whole.GetHashAndReset()) == file.Sha256.Hex ? parts : throw new DataException(
            ProblemCode.StoreCorrupt, "The bytes of this file changed while it was sent; nothing of it counts. Leave the store alone and push again.", new TextPlace(file.Path));
    }

    private static byte[] HashPart(FileStream bytes, long length, IncrementalHash whole, CancellationToken cancellation)
    {
        using var part = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[1 << 20];
        while (length > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = bytes.Read(block, 0, (int)Math.Min(block.Length, length));
            if (read is 0)
            {
                throw new EndOfStreamException($"{bytes.Name} ends before its size.");
            }

            part.AppendData(block, 0, read);
            whole.AppendData(block, 0, read);
            length -= read;
        }

        return part.GetHashAndReset();
    }

    /// <summary>Parts that belong to nothing are paid for; a server that cannot be told now keeps them until its own rule removes them.</summary>
    private void Abort(InitiateMultipartUploadResponse begun)
    {
        try
        {
            client.AbortMultipartUploadAsync(new() { BucketName = bucket, Key = begun.Key, UploadId = begun.UploadId }).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (S3Refusal.IsOne(failure))
        {
            // What ended the upload is thrown; this adds nothing to it.
        }
    }
}
