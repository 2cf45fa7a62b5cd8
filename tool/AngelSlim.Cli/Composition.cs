using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Regeneration;
using AngelSlim.Torch.Stages;

namespace AngelSlim.Cli;

/// <summary>Puts the program together. The only file that knows every stage.</summary>
internal static class Composition
{
    /// <summary>Every stage there is. To add one: one line here.</summary>
    /// <param name="runtime">Where libtorch lies.</param>
    /// <param name="answers">How servers are asked.</param>
    public static StageCatalog Stages(TensorRuntime runtime, AnswerAccess answers) => new(
    [
        new RegenerateStage(runtime, answers.Clock),
        new AskStage(answers),
        new TokenizeStage(),
        new VocabularyStage(),
        new PretrainStage(runtime),
        new RandomStage(runtime),
        new CaptureStage(runtime),
        new TrainStage(runtime),
        new ExportStage(runtime),
        new EvaluateStage(runtime),
        new ReportStage(),
    ]);
}

/// <summary>An open store and what looks into it.</summary>
internal sealed class OpenStore : IDisposable
{
    private readonly StoreGate _gate;

    /// <summary>Where a store lies, absolute: as asked for, else <c>.angelslim</c> in the manifest's folder.</summary>
    public static string Place(string? asked, string manifestFolder) => Path.GetFullPath(asked ?? Path.Combine(manifestFolder, ".angelslim"));

    /// <summary>Opens or makes a store.</summary>
    public OpenStore(string root, TimeProvider clock)
    {
        _gate = StoreGate.Share(Path.GetFullPath(root), clock);
        try
        {
            Database = RunDatabase.Open(Path.GetFullPath(root));
        }
        catch
        {
            _gate.Dispose();
            throw;
        }

        var digests = new FileDigests(Database, clock);
        Artifacts = new ArtifactStore(root, digests, clock);
        Planner = new Planner(Artifacts, new SourceDigests(digests), new RunHistory(Database));
    }

    /// <summary>Its index.</summary>
    public RunDatabase Database { get; }

    /// <summary>Its results.</summary>
    public ArtifactStore Artifacts { get; }

    /// <summary>Says what is there.</summary>
    public Planner Planner { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Database.Dispose();
        _gate.Dispose();
    }
}
