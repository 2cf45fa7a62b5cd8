namespace AngelSlim.Core.Artifacts;

/// <summary>What a stage makes: a folder with files of one kind. One record per kind, with the names of its files and how to read them.</summary>
/// <param name="Folder">Absolute path. Read-only once it is in the store.</param>
public abstract record Artifact(string Folder)
{
    /// <summary>Where it lies: its folder, or the file where it is only one of a folder's.</summary>
    internal virtual string Location => Folder;

    /// <summary>The path of one of its files.</summary>
    protected string At(string file) => Path.Combine(Folder, file);
}
