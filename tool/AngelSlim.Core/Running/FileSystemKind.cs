namespace AngelSlim.Core.Running;

/// <summary>What a folder's file system can be relied on for.</summary>
/// <param name="Name">As the system calls it: <c>ext4</c>, <c>nfs</c>.</param>
/// <param name="IsLocal">Its processes share one machine's memory, which SQLite's write-ahead log needs. What is not known to be local is not.</param>
internal sealed record FileSystemKind(string Name, bool IsLocal)
{
    /// <summary>Of a folder that is there.</summary>
    /// <exception cref="IOException">The system cannot say.</exception>
    public static FileSystemKind Of(string folder)
    {
        // The runtime asks statfs, and has a table of what is a network: NFS, SMB, 9P, FUSE, Lustre, GPFS, Ceph and more.
        var disk = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(Path.GetFullPath(folder))! : folder);
        return new(disk.DriveFormat, disk.DriveType is DriveType.Fixed or DriveType.Ram or DriveType.Removable);
    }
}
