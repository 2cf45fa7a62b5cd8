namespace AngelSlim.Core.Hub;

/// <summary>A file of a model on the hub.</summary>
/// <param name="Name">At the top of the repository.</param>
/// <param name="Hash">What its bytes are: a SHA-256 (64 digits), or what git calls a blob of them (a SHA-1, 40 digits). Names it in the cache.</param>
/// <param name="Size">Bytes.</param>
internal sealed record HubFile(string Name, string Hash, long Size);

/// <summary>What a revision of a model is.</summary>
/// <param name="Commit">40 hexadecimal digits.</param>
/// <param name="Names">Of all files, with folders.</param>
internal sealed record HubListing(string Commit, IReadOnlySet<string> Names);
