using System.Globalization;
using AngelSlim.Toy;

// Processes that tests start and kill.
switch (args)
{
    case ["act", var name, var store]:
        ChangeFilter.Set();
        Acts.ByName[name](store);
        break;
    case ["kill", var name, var prepared, var stores, var every]:
        KillBeforeEachChange(name, prepared, stores, int.Parse(every, CultureInfo.InvariantCulture));
        break;
    default:
        Run(args);
        break;
}

// Store, lines, milliseconds between lines, trace file.
static void Run(string[] args)
{
    using var toy = new ToyStore(args[0]);
    var settings = new WriteSettings
    {
        Lines = int.Parse(args[1], CultureInfo.InvariantCulture),
        Milliseconds = int.Parse(args[2], CultureInfo.InvariantCulture),
        Trace = args[3],
    };
    var outcomes = toy.Run(ToyStore.Write("a", settings), ToyStore.Join("all", "a"));
    Console.WriteLine(string.Join(" ", outcomes.Select(outcome => $"{outcome.Key}:{outcome.Value}")));
}

// An act, killed before its first change of the store, in a fresh copy before one of the next, and so on until it comes to its
// end; each copy is left, and named by the change that the act did not come to.
static void KillBeforeEachChange(string name, string prepared, string stores, int every)
{
    for (var change = 0; ; change += every)
    {
        var store = Path.Combine(stores, change.ToString(CultureInfo.InvariantCulture));
        Copy(prepared, store);
        var missed = Tracer.KillBefore(change, store, Environment.ProcessPath!, typeof(ToyStore).Assembly.Location, "act", name, store);
        Console.WriteLine($"{store}\t{missed ?? "nothing"}");
        if (missed is null)
        {
            return;
        }
    }
}

static void Copy(string from, string to)
{
    Directory.CreateDirectory(to);
    foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
    {
        Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
    }

    foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
    {
        File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
