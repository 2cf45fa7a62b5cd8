using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AngelSlim.Testing;

/// <summary>A hub with one model, and a host of its own for large files, as the public hub has.</summary>
public sealed class FakeHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    public const string Id = "org/model";

    private readonly FakeServer _hub;
    private readonly FakeServer _storage;

    public FakeHub()
    {
        _storage = new(request => StorageFault?.Invoke(request) ?? Ranged(request, Files.Values.First(file => request.Path.StartsWith($"/{Sha256(file)}?", StringComparison.Ordinal))));
        _hub = new(request => Fault?.Invoke(request) ?? Answer(request));
    }

    /// <summary>The files of the model, by name; those that end in .safetensors are large ones.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers in place of the hub; null for the usual answer.</summary>
    public Func<FakeRequest, FakeAnswer?>? Fault { get; set; }

    /// <summary>Answers in place of the host of large files.</summary>
    public Func<FakeRequest, FakeAnswer?>? StorageFault { get; set; }

    /// <summary>Where the hub is.</summary>
    public Uri Address => _hub.Address;

    /// <summary>Where large files are.</summary>
    public Uri StorageAddress => _storage.Address;

    /// <summary>What the hub was asked.</summary>
    public FakeRequest[] Requests => [.. _hub.Requests];

    /// <summary>What the host of large files was asked.</summary>
    public FakeRequest[] StorageRequests => [.. _storage.Requests];

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>What git calls a file of these bytes.</summary>
#pragma warning disable CA5350 // git's choice
    public static string GitHash(byte[] bytes) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {bytes.Length}\0")), .. bytes]));
#pragma warning restore CA5350

    /// <summary>A file, or from a byte on what is left of it.</summary>
    public static FakeAnswer Ranged(FakeRequest request, byte[] file) => request.From is { } from
        ? new(206, ("Content-Range", $"bytes {from}-{file.Length - 1}/{file.Length}")) { Body = file[from..] }
        : new(200) { Body = file };

    /// <summary>What the hub answers when nothing is wrong with it.</summary>
    public FakeAnswer Answer(FakeRequest request)
    {
        if (request.Path.StartsWith($"/api/models/{Id}/revision/", StringComparison.Ordinal))
        {
            return Json(new { id = Id, sha = Commit, siblings = Files.Keys.Select(name => new { rfilename = name }) });
        }

        var start = $"/{Id}/resolve/{Commit}/";
        return request.Path.StartsWith(start, StringComparison.Ordinal) && Files.TryGetValue(request.Path[start.Length..], out var file)
            ? File(request, request.Path[start.Length..], file)
            : new(404, ("X-Error-Code", request.Path.StartsWith("/api", StringComparison.Ordinal) ? "RepoNotFound" : "EntryNotFound"));
    }

    public static FakeAnswer Json(object value) => new(200, ("Content-Type", "application/json")) { Body = JsonSerializer.SerializeToUtf8Bytes(value) };

    public void Dispose()
    {
        _hub.Dispose();
        _storage.Dispose();
    }

    private FakeAnswer File(FakeRequest request, string name, byte[] file)
    {
        if (name.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            var hash = Sha256(file);
            return new(302, ("X-Repo-Commit", Commit), ("X-Linked-Etag", $"\"{hash}\""), ("X-Linked-Size", $"{file.Length}"), ("ETag", "\"of the pointer\""), ("Location", $"{StorageAddress}{hash}?signature=secret"));
        }

        var ranged = Ranged(request, file);
        return ranged with { Headers = [.. ranged.Headers, ("X-Repo-Commit", Commit), ("ETag", $"W/\"{GitHash(file)}\"")] };
    }
}
