using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Pretraining;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>Targets of a few thousand random weights, of any family.</summary>
internal static class TinyTarget
{
    public const int Words = 61;

    /// <summary>Every line of the catalogue, and the example of a family from outside, by model type.</summary>
    public static TheoryData<string> Families => [.. ModelTypes];

    public static IEnumerable<string> ModelTypes => [.. TargetCatalog.Families.Select(family => family.ModelType), ExampleFamily.ModelType];

    public static IReadOnlyList<TargetFamily> All => [.. TargetCatalog.Families, ExampleFamily.Family];

    public static TargetFamily Family(string modelType) =>
        modelType is ExampleFamily.ModelType ? ExampleFamily.Family : TargetCatalog.Families.Single(family => family.ModelType == modelType);

    public static TargetConfig Config(TargetFamily family) => family.Read(ConfigObject.Parse("config.json", family.TinyConfig().ToJsonString()));

    public static Dictionary<string, Tensor> Weights(TargetConfig config) => RandomTarget.Weights(config, seed: 1);

    public static TargetModel Model(TargetFamily family) => TargetModel.Create(Config(family), Weights(Config(family)));

    /// <summary>Of widths that the kernels for few rows serve; the tiny ones are libtorch's.</summary>
    public static TargetModel Wide(TargetFamily family)
    {
        var config = family.Read(ConfigObject.Parse("config.json", WideConfig(family).ToJsonString()));
        return TargetModel.Create(config, Weights(config));
    }

    public static Tensor Ids(int rows, int tokens, long seed = 7) => randint(0, Words, [rows, tokens], int64, CPU, generator: new Generator((ulong)seed, CPU));

    /// <summary>The assembly that a family comes from; null: the tool's.</summary>
    public static string? AssemblyOf(string modelType) => modelType is ExampleFamily.ModelType ? ExampleFamily.Assembly : null;

    /// <summary>A family's target as stages take it.</summary>
    public static TargetFolder TargetFolder(TargetFamily family)
    {
        using var scope = NewDisposeScope();
        return new(Folder(Config(family), Weights(Config(family)))) { Assembly = AssemblyOf(family.ModelType) };
    }

    /// <summary>The same of <see cref="Wide"/>.</summary>
    public static TargetFolder WideFolder(TargetFamily family)
    {
        using var scope = NewDisposeScope();
        var file = WideConfig(family);
        var config = family.Read(ConfigObject.Parse("config.json", file.ToJsonString()));
        return new(Folder(config, Weights(config), file)) { Assembly = AssemblyOf(family.ModelType) };
    }

    /// <summary>A checkpoint folder with these weights.</summary>
    public static string Folder(TargetConfig config, IReadOnlyDictionary<string, Tensor> weights, JsonObject? file = null)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), weights);
        file ??= config.Family.TinyConfig();
        file["tie_word_embeddings"] = config.TiedHead;
        new TargetFiles(folder).WriteConfig(file);
        return folder;
    }

    private static JsonObject WideConfig(TargetFamily family)
    {
        var file = family.TinyConfig();
        foreach (var (key, size) in new[] { ("hidden_size", 64), ("intermediate_size", 96), ("moe_intermediate_size", 32), ("head_dim", 32) })
        {
            if (file.ContainsKey(key))
            {
                file[key] = size;
            }
        }

        return file;
    }
}
