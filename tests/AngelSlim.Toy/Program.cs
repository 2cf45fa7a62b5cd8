using System.Diagnostics;
using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Upkeep;
using AngelSlim.Toy;

// A process that tests start and kill: store, lines, milliseconds between lines, trace file. Or one that deletes what the
// last run does not need, and kills itself after so many steps: gc, store, steps.
if (args is ["gc", var root, var steps])
{
    using var gate = StoreGate.TryTake(root, new Holder(Environment.ProcessId, "here", DateTimeOffset.UnixEpoch)) ?? throw new InvalidOperationException("the store is in use");
    using var database = RunDatabase.Open(root);
    var store = new ArtifactStore(root, new FileDigests(database, TimeProvider.System), TimeProvider.System);
    var report = new GarbageSearch(store, database, new(LastRuns: 1, TimeSpan.Zero), TimeProvider.System).Look();
    foreach (var step in report.Collect(new Trash(store.Root, TimeProvider.System)).Take(int.Parse(steps, CultureInfo.InvariantCulture)))
    {
        Console.WriteLine(step);
    }

    Console.Out.Flush();
    Process.GetCurrentProcess().Kill();
}

using var toy = new ToyStore(args[0]);
var settings = new WriteSettings
{
    Lines = int.Parse(args[1], CultureInfo.InvariantCulture),
    Milliseconds = int.Parse(args[2], CultureInfo.InvariantCulture),
    Trace = args[3],
};
var outcomes = toy.Run(ToyStore.Write("a", settings), ToyStore.Join("all", "a"));
Console.WriteLine(string.Join(" ", outcomes.Select(outcome => $"{outcome.Key}:{outcome.Value}")));
