using System.Text.Json;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>Targets of a few thousand random weights, of any family.</summary>
internal static class TinyTarget
{
    public const int Words = 61;

    public static TargetConfig Config(TargetFamily family) => new()
    {
        Family = family,
        Vocabulary = Words,
        Width = 24,
        InnerWidth = 40,
        Layers = 4,
        Heads = new HeadShape(Heads: 4, KeyHeads: 2, Channels: 6),
        Rope = new PlainRope(10000),
        MaxPositions = 64,
    };

    public static Dictionary<string, Tensor> Weights(TargetConfig config, long seed = 1)
    {
        var random = new Generator((ulong)seed, CPU);
        return TargetWeights.Shapes(config).ToDictionary(entry => entry.Key, entry => Random(entry.Value, random));
    }

    public static TargetModel Model(TargetFamily family) => TargetModel.Create(Config(family), Weights(Config(family)));

    public static Tensor Ids(int rows, int tokens, long seed = 7) => randint(0, Words, [rows, tokens], int64, CPU, generator: new Generator((ulong)seed, CPU));

    /// <summary>A checkpoint folder with these weights.</summary>
    public static string Folder(TargetConfig config, IReadOnlyDictionary<string, Tensor> weights)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), weights);
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["architectures"] = new[] { config.Family.Architecture },
            ["vocab_size"] = config.Vocabulary,
            ["hidden_size"] = config.Width,
            ["intermediate_size"] = config.InnerWidth,
            ["num_hidden_layers"] = config.Layers,
            ["num_attention_heads"] = config.Heads.Heads,
            ["num_key_value_heads"] = config.Heads.KeyHeads,
            ["head_dim"] = config.Heads.Channels,
            ["max_position_embeddings"] = config.MaxPositions,
            ["tie_word_embeddings"] = config.TiedHead,
        }));
        return folder;
    }

    private static Tensor Random(long[] shape, Generator random) =>
        shape.Length is 1 ? ones(shape) + (randn(shape, generator: random) * 0.1) : randn(shape, generator: random) * 0.2;
}
