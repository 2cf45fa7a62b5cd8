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
        return new()
        {
            Target = Target(experiment.Target),
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

    private string? Target(TargetSettings target)
    {
        if (target.Model is { } model && checks.AreSound("target.model"))
        {
            return Model(model);
        }

        return target.Builtin is { } builtin && checks.AreSound("target.builtin") ? Builtin(builtin) : null;
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

    private string? Model(string model)
    {
        if (FullPath(model) is { } full && Directory.Exists(full))
        {
            return WithConfig(full, "target.model");
        }

        if (!HubCache.IsId(model))
        {
            checks.Wrong(ProblemCode.MissingFile, "target.model", $"There is no folder {Shown.Quoted(model)}{Whence(model)}.");
            return null;
        }

        var snapshot = HubCache.Snapshot(surroundings.HubCache, model);
        if (snapshot.Folder is { } found)
        {
            return WithConfig(found, "target.model");
        }

        var why = snapshot.Fault is { } fault
            ? $"is in the hub cache, but {fault}; fetch it again"
            : $"is neither a folder beside the manifest nor a model in the hub cache {surroundings.HubCache}; fetch it";
        checks.Wrong(ProblemCode.MissingFile, "target.model", $"{Shown.Quoted(model)} {why} with 'hf download {model}', or name its folder.");
        return null;
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
