namespace AngelSlim.Core.Manifests;

/// <summary>Every code there is. A code is never reused for another meaning.</summary>
/// <remarks>ASL0xxx the question (manifest, options); ASL1xxx data that came from outside; ASL2xxx results; ASL3xxx the machine and the store.</remarks>
internal static class ProblemCode
{
    // The manifest.
    public const string NotJson = "ASL0001";
    public const string UnknownMember = "ASL0002";
    public const string DuplicateMember = "ASL0003";
    public const string MissingMember = "ASL0004";
    public const string WrongType = "ASL0005";
    public const string OutOfRange = "ASL0006";
    public const string MissingFile = "ASL0007";
    public const string Contradiction = "ASL0008";
    public const string UnknownValue = "ASL0009";
    public const string Usage = "ASL0010";
    public const string UnknownStep = "ASL0020";
    public const string MissingResult = "ASL0021";

    // Data from outside.
    public const string BadRow = "ASL1001";
    public const string BadWeights = "ASL1002";
    public const string BadConfig = "ASL1003";
    public const string BadTokenizer = "ASL1004";
    public const string BadTemplate = "ASL1005";
    public const string NoRows = "ASL1006";
    public const string BadDraft = "ASL1007";
    public const string SourceChanged = "ASL1008";

    // Results.
    public const string Diverged = "ASL2001";
    public const string ExpectationMissed = "ASL2002";
    public const string TextsDiffer = "ASL2003";
    public const string Nondeterministic = "ASL2004";
    public const string WouldRun = "ASL2005";

    // The machine and the store.
    public const string StoreBusy = "ASL3001";
    public const string StoreCorrupt = "ASL3002";
    public const string DiskFull = "ASL3003";
    public const string NoNativeLibrary = "ASL3004";
    public const string StoreNewer = "ASL3005";
    public const string FileSystem = "ASL3006";
    public const string OutOfMemory = "ASL3007";
}
