namespace AngelSlim.Core.Tests.Running;

/// <summary>Copies of stores and of what lies in them, which may be written to.</summary>
internal static class StoreCopy
{
    /// <summary>Copies all files of a folder but locks, which the system holds on the files of another store.</summary>
    public static void Make(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(Path.GetDirectoryName(file)) is not "locks"))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
    }
}
