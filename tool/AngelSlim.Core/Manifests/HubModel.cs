using System.Text.RegularExpressions;

namespace AngelSlim.Core.Manifests;

/// <summary>A model of the Hugging Face hub.</summary>
/// <param name="Id"><c>organisation/model</c>, or a bare <c>model</c>.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
internal sealed partial record HubModel(string Id, string Revision)
{
    /// <summary>A text that can be a hub id.</summary>
    public static bool IsId(string text) => text.Length <= 200 && Ids().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal);

    /// <summary>A text that is a whole commit; anything else is the name of a branch or a tag.</summary>
    public static bool IsCommit(string text) => text.Length is 40 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The model's folder in a cache.</summary>
    public string FolderIn(string cache) => Path.Combine(cache, FolderName);

    /// <summary>As the hub's own tools name the folder.</summary>
    public string FolderName => "models--" + Id.Replace("/", "--", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Revision is "main" ? Id : $"{Id}@{Revision}";

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?\z")]
    private static partial Regex Ids();
}
