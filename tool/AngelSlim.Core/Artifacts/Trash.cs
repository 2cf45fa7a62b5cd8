using System.Globalization;

namespace AngelSlim.Core.Artifacts;

/// <summary>What is on its way out of a store: put here by one rename, deleted after that. A kill in between leaves it here, where nothing looks for it.</summary>
/// <param name="root">The store.</param>
/// <param name="clock">Makes names that are used once.</param>
internal sealed class Trash(string root, TimeProvider clock)
{
    private string Folder => FolderIn(root);

    /// <summary>Where it is in a store.</summary>
    public static string FolderIn(string root) => Path.Combine(root, "trash");

    /// <summary>What lies in it: absolute paths.</summary>
    public IReadOnlyList<string> Contents => Directory.Exists(Folder) ? [.. Directory.EnumerateFileSystemEntries(Folder).Order(StringComparer.Ordinal)] : [];

    /// <summary>Puts a file or a folder into it; on disk when this returns.</summary>
    /// <param name="path">Absolute, below the store.</param>
    /// <returns>Where it lies now.</returns>
    public string Put(string path)
    {
        Durable.CreateFolder(Folder);
        var name = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '-');
        var place = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{clock.GetUtcNow():yyyyMMddHHmmssfffffff}"));
        Durable.Move(path, place);
        return place;
    }

    /// <summary>Deletes what lies in it.</summary>
    public void Empty()
    {
        foreach (var path in Contents)
        {
            if (File.Exists(path))
            {
                File.Delete(path);
            }
            else
            {
                Durable.DeleteFolder(path);
            }
        }
    }
}
