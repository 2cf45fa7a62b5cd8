using System.Text;
using System.Text.RegularExpressions;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests;

/// <summary>A model as the hub cache has it.</summary>
/// <param name="Folder">Its checkpoint, as far as it is there; null when there is none.</param>
/// <param name="Fault">Why it cannot be used, as a clause with the file; null when nothing is wrong, or when the cache has never heard of the model.</param>
internal readonly record struct HubSnapshot(string? Folder, string? Fault)
{
    /// <summary>Everything is there that a run needs.</summary>
    public bool IsWhole => Folder is not null && Fault is null;
}

/// <summary>Models that were fetched from the Hugging Face hub, by us or by the hub's own tools: one layout. Only looks.</summary>
internal static partial class HubCache
{
    private const int LongestCommit = 64;

    /// <summary>The folder of the commit that a revision was when it was fetched last.</summary>
    /// <param name="cache">The cache's folder.</param>
    /// <param name="model">Which.</param>
    public static HubSnapshot Snapshot(string cache, HubModel model)
    {
        var folder = model.FolderIn(cache);
        if (!Directory.Exists(folder))
        {
            return new(null, null);
        }

        return HubModel.IsCommit(model.Revision) ? OfCommit(folder, model.Revision, "") : OfName(folder, Path.Combine(folder, "refs", model.Revision));
    }

    private static HubSnapshot OfName(string folder, string reference)
    {
        try
        {
            // The text becomes part of a path, so only a plain commit will do.
            var commit = Start(reference).Trim();
            return Commit().IsMatch(commit) ? OfCommit(folder, commit, $" that {reference} names") : new(null, $"{reference} says {Shown.Quoted(commit)}, which is no revision");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(null, $"there is no {reference}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new(null, $"{reference} cannot be read: {failure.Message.TrimEnd('.')}");
        }
    }

    private static HubSnapshot OfCommit(string folder, string commit, string whence)
    {
        var snapshot = Path.Combine(folder, "snapshots", commit);
        return Directory.Exists(snapshot)
            ? new(snapshot, CheckpointFiles.FirstMissing(snapshot) is { } missing ? $"{snapshot} has no {missing}" : null)
            : new(null, $"the revision{whence} is not there: {snapshot}");
    }

    /// <summary>The start of a file, a little longer than a commit can be.</summary>
    private static string Start(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> bytes = stackalloc byte[LongestCommit + 2];
        return Encoding.UTF8.GetString(bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)]);
    }

    [GeneratedRegex(@"^[A-Za-z0-9]{1,64}\z")]
    private static partial Regex Commit();
}
