using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Hub;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Planning.Sweeps;
using AngelSlim.Torch.Stages;

namespace AngelSlim.Cli.Commands;

/// <summary>A manifest that was read, and its steps.</summary>
/// <param name="Manifest">What it says.</param>
/// <param name="Graph">What is to be made.</param>
internal sealed record Asked(ReadExperiment Manifest, SweepGraph Graph)
{
    /// <summary>The manifest sweeps something.</summary>
    public bool IsSweep => Manifest.Points.Count > 0;

    /// <summary>All steps, of all points of a sweep.</summary>
    public IReadOnlyList<Step> Steps => Graph.Steps;

    /// <summary>Models that are not on this machine, whose small files were fetched to read the manifest.</summary>
    public IReadOnlyList<Outstanding> ToFetch { get; private init; } = [];

    /// <summary>It was shrunk to be tried.</summary>
    public bool IsSmoke { get; private init; }

    /// <summary>Reads a manifest as the options change it, and works out its steps; warnings go to the talk.</summary>
    /// <param name="machine">Where.</param>
    /// <param name="manifest">Which.</param>
    /// <param name="threads">Of each tensor step.</param>
    /// <param name="wanted">What is fetched of models that are not on this machine.</param>
    /// <param name="memory">What a step may need; a share of what is free when left out.</param>
    /// <param name="stop">Stops the fetching.</param>
    /// <exception cref="UserException">Something is wrong with it.</exception>
    public static Asked Read(Machine machine, ManifestOptions manifest, int threads, Fetched wanted = Fetched.Nothing, Func<long>? memory = null, CancellationToken stop = default)
    {
        var (read, models) = ReadManifest(machine, manifest, wanted, stop);
        return new(read, SweepGraph.Of(read, Composition.Stages(new TensorRuntime(machine.Packages, threads) { Memory = memory ?? (() => RunningOptions.Free(machine)) }, machine.Answers))) { ToFetch = models, IsSmoke = manifest.Smoke };
    }

    /// <summary>Reads a manifest as the options change it; warnings go to the talk.</summary>
    /// <inheritdoc cref="Read"/>
    public static (ReadExperiment Read, IReadOnlyList<Outstanding> ToFetch) ReadManifest(Machine machine, ManifestOptions manifest, Fetched wanted = Fetched.Nothing, CancellationToken stop = default)
    {
        var surroundings = manifest.Offline ? machine.Surroundings with { OfflineBy = "--offline" } : machine.Surroundings;
        var changes = ChangeReader.Read(manifest.AllChanges(surroundings));
        ReadExperiment Again() => ExperimentReader.Read(manifest.Path, surroundings, changes);
        var read = Again();
        var (known, models) = wanted is Fetched.Nothing || !read.Unfetched.Any() ? (read, []) : Fetching.Fetch(machine, read, wanted, Again, stop);
        ProblemLines.Write(known.Warnings, machine.Talk, machine.Columns);
        return (known, models);
    }

    /// <summary>For verbs that make sense for a sweep only.</summary>
    /// <exception cref="UserException">It sweeps nothing.</exception>
    public void RefuseUnlessSweep()
    {
        if (!IsSweep)
        {
            throw new UserException(ProblemCode.Usage, "Nothing is swept; name a setting with --axis path=values, or give the manifest a 'sweep'.", new TextPlace(Manifest.Path));
        }
    }

    /// <summary>The store: as asked for, else beside the manifest.</summary>
    public OpenStore Open(string? store, TimeProvider clock) => new(PlaceOf(store), clock);

    /// <summary>Where the store lies, absolute. What was made to be tried is not among what was made to be used.</summary>
    public string PlaceOf(string? store) => OpenStore.Place(store ?? (IsSmoke ? Path.Combine(Manifest.Folder, ".angelslim-smoke") : null), Manifest.Folder);
}
