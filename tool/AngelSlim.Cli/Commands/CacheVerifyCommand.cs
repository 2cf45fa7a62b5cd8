using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Sharing;
using AngelSlim.Core.Upkeep;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Reads every byte of what a cache has.</summary>
/// <param name="machine">Where.</param>
/// <param name="options">What was asked.</param>
/// <param name="fix">What is damaged is taken out.</param>
internal sealed class CacheVerifyCommand(Machine machine, CacheOptions options, bool fix)
{
    /// <summary>Does it.</summary>
    /// <exception cref="UserException">There is no such cache or manifest.</exception>
    public int Execute()
    {
        var selection = options.Selected(machine);
        using var session = new CacheSession(machine, options, toBeMade: false);
        var found = selection is null
            ? session.All()
            : [.. session.Look(selection).Where(step => step is { IsChosen: true, There.Files.Count: > 0 }).Select(step => step.There!).DistinctBy(there => there.Key)];
        var treatment = fix ? Treatment.Mend : Treatment.Look;
        var verified = session.Show(found.Count, tell => new CacheVerification(session.Cache, session.Lanes, treatment, tell).Go(found, session.Cancellation));
        IReadOnlyList<CacheDocumentEntry> entries = [.. verified.Select(result => CacheDocumentEntry.Of(result.There, result.Faults))];
        machine.Output.WriteLine(options.Json ? CacheDocument.Of(session.Cache.Place, entries, verified: true).ToJson() : CacheText.Of(session.Cache.Place, entries));
        return Judge(session.Cache, verified);
    }

    private int Judge(ICache cache, IReadOnlyList<VerifiedResult> verified)
    {
        var damaged = verified.Where(result => result.Faults.Count > 0).ToList();
        foreach (var result in damaged)
        {
            var todo = fix
                ? "It was taken out of the cache: push it again from a store that has it."
                : "'cache verify --fix' takes it out, and the next push sends it again.";
            var problem = new Problem(ProblemCode.CacheCorrupt, CacheFault.OnOneLine($"{result.There.Key} is damaged: {result.Faults[0]}{(result.Faults.Count is 1 ? "" : $", and {result.Faults.Count - 1} more")}. {todo}"), new TextPlace(cache.Locate(CacheNames.Of(result.There.Key, ""))))
            {
                Severity = fix ? Severity.Warning : Severity.Error,
            };
            ProblemLines.Write([problem], machine.Talk, machine.Columns);
        }

        return damaged.Count > 0 && !fix ? ExitCode.Environment : ExitCode.Done;
    }
}

/// <summary>The verb <c>cache verify</c>.</summary>
[VerbGroup("cache", Help.Cache)]
internal sealed class CacheVerifyVerb(Choice choice)
{
    /// <summary>Is it what it says?</summary>
    [Command(Description = "Reads every byte of what a cache has, or of what it has of a manifest's steps, and compares with the digests. Takes out with --fix what is damaged, so that a push sends it again.")]
    [Example("dotnet angelslim cache verify /net/cache", "dotnet angelslim cache verify s3://models/drafts experiments/quickstart.json --fix")]
    public void Verify(
        CacheOptions options,
        [Option(Description = "Take out what is damaged")] bool fix = false) =>
        choice.Verb = machine => new CacheVerifyCommand(machine, options, fix).Execute();
}
