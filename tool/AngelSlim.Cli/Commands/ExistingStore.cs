using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Commands;

/// <summary>A store that is only looked at.</summary>
internal sealed class ExistingStore : IDisposable
{
    /// <summary>Opens the store of a manifest, or of this folder.</summary>
    /// <param name="machine">Knows which processes there are.</param>
    /// <param name="manifest">A manifest that was run; null for those of this folder.</param>
    /// <param name="store">The store, if it lies elsewhere.</param>
    /// <exception cref="UserException">There is no store, or no manifest.</exception>
    public ExistingStore(Machine machine, string? manifest, string? store)
    {
        var place = Place(manifest, store);
        Database = RunDatabase.OpenToRead(place);
        Artifacts = new ArtifactStore(place, new FileDigests(Database, machine.Clock), machine.Clock);
        Living = Living.In(Artifacts, machine.Host, machine.StartOf);
        Runs = new PastRuns(Database, Living);
    }

    /// <summary>Tells what goes on in it.</summary>
    public Living Living { get; }

    /// <summary>Its past runs.</summary>
    public PastRuns Runs { get; }

    /// <summary>Its index.</summary>
    public RunDatabase Database { get; }

    /// <summary>Its results.</summary>
    public ArtifactStore Artifacts { get; }

    /// <summary>Where the store of a manifest lies, or that of this folder: absolute.</summary>
    /// <param name="manifest">A manifest that was run; null for those of this folder.</param>
    /// <param name="store">The store, if it lies elsewhere.</param>
    /// <exception cref="UserException">There is no store, or no manifest.</exception>
    public static string Place(string? manifest, string? store)
    {
        if (manifest is not null && !File.Exists(manifest))
        {
            throw new UserException(ProblemCode.MissingFile, $"There is no manifest {Path.GetFullPath(manifest)}.");
        }

        var folder = manifest is null ? Path.GetFullPath(".") : Path.GetDirectoryName(Path.GetFullPath(manifest))!;
        var place = OpenStore.Place(store, folder);
        if (!Directory.Exists(place))
        {
            throw new UserException(ProblemCode.MissingFile, $"There is no store {place}. It lies beside the manifests that were run: name one of them, or the store with --store.");
        }

        return place;
    }

    /// <summary>Opens the store in which a run is, and finds the run.</summary>
    /// <param name="machine">Knows which processes there are.</param>
    /// <param name="run"><c>last</c>, a number, an experiment's name, or a manifest that was run.</param>
    /// <param name="store">The store, if it lies elsewhere.</param>
    /// <exception cref="UserException">There is none.</exception>
    public static (ExistingStore Store, PastRun Run) WithRun(Machine machine, string run, string? store)
    {
        var isManifest = run.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        var opened = new ExistingStore(machine, isManifest ? run : null, store);
        try
        {
            return (opened, isManifest ? opened.LastOf(run) : opened.Named(run));
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The error for an experiment that was never run here.</summary>
    public UserException UnknownName(string name)
    {
        var names = Runs.Names();
        var advice = names.Count is 0 ? "; there is no run at all" : Suggestion.For(name, names) is { Length: > 0 } near ? near : $"; there are runs of {string.Join(", ", names.Take(5))}";
        return new(ProblemCode.Usage, $"{Artifacts.Root} has no run of '{name}'{advice}{(advice[^1] is '?' ? "" : ".")}");
    }

    /// <inheritdoc/>
    public void Dispose() => Database.Dispose();

    private PastRun LastOf(string manifest) => Runs.LastOf(Path.GetFileName(manifest))
        ?? throw new UserException(ProblemCode.Usage, $"{Artifacts.Root} has no run of {manifest}. 'dotnet angelslim runs {manifest}' lists those that it has.");

    private PastRun Named(string run)
    {
        if (run is "last")
        {
            return Runs.Last(name: null) ?? throw new UserException(ProblemCode.Usage, $"{Artifacts.Root} has no run yet.");
        }

        if (long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return Runs.Get(id) ?? throw new UserException(ProblemCode.Usage, $"{Artifacts.Root} has no run {id}. 'dotnet angelslim runs --store {Artifacts.Root}' lists those that it has.");
        }

        return Runs.Last(run) ?? throw UnknownName(run);
    }
}
