using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Toy;

/// <summary>A store and a runner over the toy stages.</summary>
internal sealed class ToyStore : IDisposable
{
    private readonly StoreGate _gate;
    private readonly RunDatabase _database;
    private readonly Planner _planner;

    private readonly TimeProvider _clock;

    public ToyStore(string root, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _gate = StoreGate.Share(root, _clock);
        try
        {
            _database = RunDatabase.Open(root);
        }
        catch
        {
            _gate.Dispose();
            throw;
        }

        var digests = new FileDigests(_database, _clock);
        Store = new ArtifactStore(root, digests, _clock);
        _planner = new Planner(Store, new SourceDigests(digests), new RunHistory(_database));
    }

    public ArtifactStore Store { get; }

    public Planner Planner => _planner;

    public RunDatabase Database => _database;

    public Action<StepEvent> Happened { get; set; } = _ => { };

    public List<StepEvent> Events { get; } = [];

    public int Threads { get; init; } = 1;

    public RunPolicy Policy { get; init; } = new();

    public CancellationToken Cancellation { get; init; }

    public Plan Plan(params Step[] steps) => _planner.Make(steps);

    /// <summary>Runs the steps.</summary>
    /// <returns>By step: <c>made</c> or <c>cached</c>.</returns>
    public Dictionary<string, string> Run(params Step[] steps) => Run(Selection.Of(steps));

    /// <summary>Runs the steps as another experiment.</summary>
    public Dictionary<string, string> RunAs(string name, params Step[] steps) => Run(Selection.Of(steps), name);

    /// <summary>Runs a part of the steps.</summary>
    public Dictionary<string, string> Run(Selection selection, string name = "toy")
    {
        Events.Clear();
        var place = new RunPlace("toy", "here", Environment.ProcessId, Threads);
        var runner = new Runner(new RunSetup(Store, _planner, place, _clock), Policy, Take);
        var end = runner.Run(selection, new RunRecord(_database, new RunRequest("toy.json", name, "{}"), place, _clock), Cancellation);
        Results = end.Made;
        StepsFailedException.ThrowUnlessWhole(end);
        return Outcomes;
    }

    public IReadOnlyDictionary<string, StoredArtifact> Results { get; private set; } = new Dictionary<string, StoredArtifact>();

    public Dictionary<string, string> Outcomes =>
        Events.Select(happened => happened.Event).OfType<Ended>().ToDictionary(ended => ended.Result.StepId, ended => RunRecord.Word(ended.Result.Outcome));

    public string TextOf(string step) => File.ReadAllText(Path.Combine(Results[step].Folder, "text"));

    private void Take(StepEvent happened)
    {
        Events.Add(happened);
        Happened(happened);
    }

    public void Dispose()
    {
        _database.Dispose();
        _gate.Dispose();
    }

    public static Step Write(string id, WriteSettings? settings = null, string? source = null) => new(
        id, new WriteStage(), settings ?? new WriteSettings { Word = id }, new Dictionary<string, StepInput>
        {
            ["Source"] = source is null ? new Absent() : new FromSource(new SourceFile(Path.GetDirectoryName(source)!, Path.GetFileName(source))),
        });

    public static Step Join(string id, params string[] parts) => new(
        id, new JoinStage(), new JoinSettings(), new Dictionary<string, StepInput>
        {
            ["Parts"] = new FromMany([.. parts.Select(part => new FromStep(part))]),
            ["Head"] = new Absent(),
        });

    /// <summary>A step that does what a test wants.</summary>
    public static Step Act(string id, ActStage stage, params string[] parts) => new(
        id, stage, new ActSettings { Name = id }, new Dictionary<string, StepInput> { ["Parts"] = new FromMany([.. parts.Select(part => new FromStep(part))]) });

    public static Step Act(string id, Action<StageContext> act, params string[] parts) => Act(id, new ActStage(act), parts);

    public static Step Count(string id, string of) => new(
        id, new CountStage(), new CountSettings(), new Dictionary<string, StepInput> { ["Text"] = new FromStep(of) });
}
