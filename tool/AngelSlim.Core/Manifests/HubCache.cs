using System.Text;
using System.Text.RegularExpressions;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests;

/// <summary>A model as the hub cache has it.</summary>
/// <param name="Folder">Its checkpoint; null when there is none that can be used.</param>
/// <param name="Fault">Why not, as a clause with the file; null when the cache has never heard of the model.</param>
internal readonly record struct HubSnapshot(string? Folder, string? Fault);

/// <summary>Models that the Hugging Face hub's own tools have fetched. Read-only; nothing is ever fetched by us.</summary>
internal static partial class HubCache
{
    private const int LongestRevision = 64;

    /// <summary>A text that can be a hub id: <c>organisation/model</c>, or a bare <c>model</c>.</summary>
    public static bool IsId(string text) => text.Length <= 200 && Id().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal);

    /// <summary>The folder of the revision that <c>main</c> pointed to when it was fetched.</summary>
    /// <param name="cache">The cache's folder.</param>
    /// <param name="id">Of the model.</param>
    public static HubSnapshot Snapshot(string cache, string id)
    {
        var model = Path.Combine(cache, "models--" + id.Replace("/", "--", StringComparison.Ordinal));
        if (!Directory.Exists(model))
        {
            return new(null, null);
        }

        var main = Path.Combine(model, "refs", "main");
        try
        {
            // The text becomes part of a path, so only a plain revision will do.
            var revision = Start(main).Trim();
            if (!Revision().IsMatch(revision))
            {
                return new(null, $"{main} says {Shown.Quoted(revision)}, which is no revision");
            }

            var snapshot = Path.Combine(model, "snapshots", revision);
            return Directory.Exists(snapshot) ? new(snapshot, null) : new(null, $"the revision that {main} names is not there: {snapshot}");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(null, $"there is no {main}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new(null, $"{main} cannot be read: {failure.Message.TrimEnd('.')}");
        }
    }

    /// <summary>The start of a file, a little longer than a revision can be.</summary>
    private static string Start(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> bytes = stackalloc byte[LongestRevision + 2];
        return Encoding.UTF8.GetString(bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)]);
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"^[A-Za-z0-9]{1,64}\z")]
    private static partial Regex Revision();
}
