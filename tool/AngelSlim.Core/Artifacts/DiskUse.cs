namespace AngelSlim.Core.Artifacts;

/// <summary>What a file or a folder takes, and when something in it was last touched.</summary>
/// <param name="Bytes">Of all files.</param>
/// <param name="LastChange">The latest change of bytes, names or attributes, by the file system's clock.</param>
internal readonly record struct DiskUse(long Bytes, DateTimeOffset LastChange)
{
    /// <summary>Of a file or a folder with all that is in it. Links count as themselves. What vanishes while this looks counts as nothing.</summary>
    public static DiskUse Of(string path)
    {
        var use = default(DiskUse);
        foreach (var entry in Entries(path))
        {
            try
            {
                use = new(use.Bytes + (entry is FileInfo file ? file.Length : 0), Later(use.LastChange, entry));
            }
            catch (FileNotFoundException)
            {
            }
        }

        return use;
    }

    private static IEnumerable<FileSystemInfo> Entries(string path)
    {
        var folder = new DirectoryInfo(path);
        return folder.Exists
            ? folder.EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Prepend(folder)
            : [new FileInfo(path)];
    }

    private static DateTimeOffset Later(DateTimeOffset known, FileSystemInfo entry)
    {
        var changed = entry.LinkTarget is null ? FileIdentity.Of(entry.FullName).LastChange : new DateTimeOffset(entry.LastWriteTimeUtc);
        return changed > known ? changed : known;
    }
}
