using System.Text.RegularExpressions;

namespace AngelSlim.Core.Manifests;

/// <summary>Models that the Hugging Face hub's own tools have fetched. Read-only; nothing is ever fetched by us.</summary>
internal static partial class HubCache
{
    /// <summary>A text that can be a hub id: <c>organisation/model</c>, or a bare <c>model</c>.</summary>
    public static bool IsId(string text) => text.Length <= 200 && Id().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal);

    /// <summary>The folder of the revision that <c>main</c> pointed to when it was fetched; null when there is none.</summary>
    /// <param name="cache">The cache's folder.</param>
    /// <param name="id">Of the model.</param>
    public static string? Snapshot(string cache, string id)
    {
        var model = Path.Combine(cache, "models--" + id.Replace("/", "--", StringComparison.Ordinal));
        var main = new FileInfo(Path.Combine(model, "refs", "main"));
        if (!main.Exists || main.Length > 100)
        {
            return null;
        }

        // The file becomes part of a path, so only a plain revision will do.
        var revision = File.ReadAllText(main.FullName).Trim();
        var snapshot = Path.Combine(model, "snapshots", revision);
        return Revision().IsMatch(revision) && Directory.Exists(snapshot) ? snapshot : null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"^[A-Za-z0-9]{1,64}\z")]
    private static partial Regex Revision();
}
