using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Says what a cache has, by names and sizes.</summary>
internal sealed class CacheListCommand(Machine machine, CacheOptions options)
{
    /// <summary>Does it.</summary>
    /// <exception cref="Core.Manifests.UserException">There is no such cache or manifest.</exception>
    public int Execute()
    {
        var selection = options.Selected(machine);
        using var session = new CacheSession(machine, options, toBeMade: false);
        IReadOnlyList<CacheDocumentEntry> entries = selection is null
            ? [.. session.All().Select(found => CacheDocumentEntry.Of(found, faults: []))]
            : [.. session.Look(selection).Where(step => step.IsChosen).Select(CacheDocumentEntry.Of)];
        machine.Output.WriteLine(options.Json ? CacheDocument.Of(session.Cache.Place, entries, verified: false).ToJson() : CacheText.Of(session.Cache.Place, entries));
        return ExitCode.Done;
    }
}

/// <summary>The verb <c>cache list</c>.</summary>
[VerbGroup("cache", Help.Cache)]
internal sealed class CacheListVerb(Choice choice)
{
    /// <summary>Says what is there.</summary>
    [Command(Description = "Says what a cache holds, and with a manifest, what of its steps is here and what is there. Reads no result.")]
    [Example("dotnet angelslim cache list /net/cache", "dotnet angelslim cache list s3://models/drafts experiments/quickstart.json")]
    public void List(CacheOptions options) => choice.Verb = machine => new CacheListCommand(machine, options).Execute();
}
