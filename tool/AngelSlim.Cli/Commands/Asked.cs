using AngelSlim.Cli.Rendering;
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

    /// <summary>Reads a manifest as the options change it, and works out its steps; warnings go to the talk.</summary>
    /// <exception cref="UserException">Something is wrong with it.</exception>
    public static Asked Read(Machine machine, ManifestOptions manifest, int threads)
    {
        var read = ReadManifest(machine, manifest);
        return new(read, SweepGraph.Of(read, Composition.Stages(new TensorRuntime(machine.Packages, threads))));
    }

    /// <summary>Reads a manifest as the options change it; warnings go to the talk.</summary>
    /// <exception cref="UserException">Something is wrong with it.</exception>
    public static ReadExperiment ReadManifest(Machine machine, ManifestOptions manifest)
    {
        var read = ExperimentReader.Read(manifest.Path, machine.Surroundings, ChangeReader.Read(manifest.Changes));
        ProblemLines.Write(read.Warnings, machine.Talk, machine.Columns);
        return read;
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
    public OpenStore Open(string? store, TimeProvider clock) => new(OpenStore.Place(store, Manifest.Folder), clock);
}
