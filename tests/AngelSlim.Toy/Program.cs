using System.Globalization;
using AngelSlim.Toy;

// A process that tests start and kill: store, lines, milliseconds between lines, trace file.
using var toy = new ToyStore(args[0]);
var settings = new WriteSettings
{
    Lines = int.Parse(args[1], CultureInfo.InvariantCulture),
    Milliseconds = int.Parse(args[2], CultureInfo.InvariantCulture),
    Trace = args[3],
};
var outcomes = toy.Run(ToyStore.Write("a", settings), ToyStore.Join("all", "a"));
Console.WriteLine(string.Join(" ", outcomes.Select(outcome => $"{outcome.Key}:{outcome.Value}")));
