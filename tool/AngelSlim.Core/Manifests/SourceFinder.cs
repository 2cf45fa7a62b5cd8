using System.Reflection;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>Finds on disk what a manifest names, and says where it looked for what is not there.</summary>
/// <param name="folder">The manifest's folder, absolute.</param>
/// <param name="surroundings">Where hub cache and built-in targets lie.</param>
/// <param name="checks">Takes the problems.</param>
internal sealed class SourceFinder(string folder, Surroundings surroundings, CheckList checks)
{
    /// <summary>Looks for all of it. What is not found is a problem in the list, and absent from the result.</summary>
    public Sources Find(Experiment experiment)
    {
        var train = Files("data.train", experiment.Data.Train, []);
        var (target, unfetched) = Target(experiment.Target);
        return new()
        {
            Target = target,
            Unfetched = unfetched,
            Assembly = Assembly(experiment.Target),
            Train = train,
            Heldout = Files("data.heldout", experiment.Data.Heldout, train),
            Prompts = Files("evaluation.prompts", experiment.Evaluation.Prompts, train),
        };
    }

    /// <summary>The files of a list; none may be there twice, however it is spelled, nor be one of those <paramref name="taken"/>.</summary>
    private List<string> Files(string path, IReadOnlyList<string> names, IReadOnlyList<string> taken)
    {
        var files = new List<string>();
        for (var i = 0; i < names.Count; i++)
        {
            if (!checks.AreSound($"{path}[{i}]"))
            {
                continue;
            }

            if (FullPath(names[i]) is not { } full || !File.Exists(full))
            {
                checks.Wrong(ProblemCode.MissingFile, path, i, $"There is no file {Shown.Quoted(names[i])}{Whence(names[i])}.");
            }
            else if (files.Contains(full) || taken.Contains(full))
            {
                var where = taken.Contains(full) ? "is among the training files too" : "is named before in another spelling";
                checks.Wrong(ProblemCode.Contradiction, path, i, $"The file {Shown.Quoted(names[i])} {where}; remove one of them.");
            }
            else
            {
                files.Add(full);
            }
        }

        return files;
    }

    /// <summary>The target's folder, as far as it is there, and the model that has to be fetched first.</summary>
    private (string? Folder, HubModel? Unfetched) Target(TargetSettings target)
    {
        if (target.Model is { } model && checks.AreSound("target.model", "target.revision"))
        {
            return Model(model, target.Revision);
        }

        if (target.Random is not null)
        {
            return (WithConfig(surroundings.RandomTokenizer, "target.random"), null);
        }

        return (target.Builtin is { } builtin && checks.AreSound("target.builtin") ? Builtin(builtin) : null, null);
    }

    /// <summary>Whether it is an assembly shows in its first bytes; what is in it when it is loaded.</summary>
    private string? Assembly(TargetSettings target)
    {
        if (target.Assembly is not { } name || !checks.AreSound("target.assembly"))
        {
            return null;
        }

        if (FullPath(name) is not { } full || !File.Exists(full))
        {
            checks.Wrong(ProblemCode.MissingFile, "target.assembly", $"There is no file {Shown.Quoted(name)}{Whence(name)}. Build the family's project first.");
            return null;
        }

        try
        {
            _ = AssemblyName.GetAssemblyName(full);
        }
        catch (BadImageFormatException)
        {
            checks.Wrong(ProblemCode.BadFamily, "target.assembly", $"{Shown.Quoted(name)} is no .NET assembly; expected the .dll that the build of the family's project made.");
            return null;
        }

        return full;
    }

    private (string? Folder, HubModel? Unfetched) Model(string model, string revision)
    {
        if (FullPath(model) is { } full && Directory.Exists(full))
        {
            if (checks.IsGiven("target.revision"))
            {
                checks.Odd("target.revision", $"'target.revision' is not used, because {Shown.Quoted(model)} is a folder; remove it.");
            }

            return (WithConfig(full, "target.model"), null);
        }

        if (!HubModel.IsId(model))
        {
            checks.Wrong(ProblemCode.MissingFile, "target.model", $"There is no folder {Shown.Quoted(model)}{Whence(model)}.");
            return (null, null);
        }

        var wanted = new HubModel(model, revision);
        var snapshot = HubCache.Snapshot(surroundings.HubCache, wanted);
        if (snapshot.IsWhole || surroundings.OfflineBy is not { } forbidding)
        {
            return (snapshot.Folder, snapshot.IsWhole ? null : wanted);
        }

        var why = snapshot.Fault is { } fault ? $"is in the hub cache, but {fault}" : $"is neither a folder beside the manifest nor a model in the hub cache {surroundings.HubCache}";
        checks.Wrong(ProblemCode.MissingFile, "target.model", $"{Shown.Quoted(wanted.ToString())} {why}; {forbidding} forbids to download it. Leave that out, fill the cache on a machine with a network ('dotnet angelslim fetch'), or name the model's folder.");
        return (null, null);
    }

    private string? Builtin(string name)
    {
        var names = Directory.Exists(surroundings.BuiltinFolder)
            ? Directory.EnumerateDirectories(surroundings.BuiltinFolder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal).ToArray()
            : [];
        if (names.Contains(name, StringComparer.Ordinal))
        {
            return WithConfig(Path.Combine(surroundings.BuiltinFolder, name), "target.builtin");
        }

        var known = names.Length > 0 ? $"expected {string.Join(" or ", names.Select(each => $"'{each}'"))}" : $"there is none in {surroundings.BuiltinFolder}";
        checks.Wrong(ProblemCode.UnknownValue, "target.builtin", $"'target.builtin' is {Shown.Quoted(name)}; {known}{Suggestion.For(name, names)}");
        return null;
    }

    private string? WithConfig(string full, string path)
    {
        if (File.Exists(Path.Combine(full, "config.json")))
        {
            return full;
        }

        checks.Wrong(ProblemCode.MissingFile, path, $"The folder {full} has no config.json; expected a Hugging Face checkpoint with config.json, weights in safetensors, and tokenizer.json.");
        return null;
    }

    /// <summary>Null for what no file system takes.</summary>
    private string? FullPath(string name) =>
        name.Length is 0 || name.Contains('\0', StringComparison.Ordinal) ? null : Path.GetFullPath(name, folder);

    private string Whence(string name) => Path.IsPathRooted(name) ? "" : $" in {folder}; paths are relative to the manifest";
}
