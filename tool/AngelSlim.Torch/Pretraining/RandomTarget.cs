using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Pretraining;

/// <summary>
/// A target that nobody trained: a family's tiny config with 8 layers, and random weights, also norms and biases, so that a part that is
/// left out or read wrongly shows. What runs on it runs as on a real target of the family, in no time and to no use.
/// </summary>
internal static class RandomTarget
{
    private const double Spread = 0.1;

    // From 7 on the three layers that a draft reads are three different ones, which every server asks for.
    private const int Layers = 8;

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c> in float32; a tokenizer is the caller's to put beside them.</summary>
    /// <param name="folder">Already there.</param>
    /// <param name="family">Any family.</param>
    /// <param name="vocabulary">Words; at least those of the tokenizer.</param>
    /// <param name="seed">Decides every number, not negative.</param>
    /// <returns>The shape.</returns>
    /// <exception cref="DataException">The family refuses its own tiny config: a fault of the family.</exception>
    public static TargetConfig Write(string folder, TargetFamily family, int vocabulary, long seed)
    {
        var file = family.TinyConfig();
        (file["vocab_size"], file["num_hidden_layers"]) = (vocabulary, Layers);
        var files = new TargetFiles(folder);
        files.WriteConfig(file);
        var config = family.Read(ConfigObject.Read(Path.Combine(folder, "config.json")));
        using var scope = NewDisposeScope();
        files.WriteWeights(Weights(config, seed), float32);
        return config;
    }

    /// <summary>Normal numbers: matrices with deviation 1 / √inputs, embeddings as matrices, norms around 1 and biases around 0 with deviation 0.1.</summary>
    /// <param name="config">The target's shape.</param>
    /// <param name="seed">Decides every number, not negative.</param>
    /// <returns>Float32, by the names that a checkpoint gives them.</returns>
    public static Dictionary<string, Tensor> Weights(TargetConfig config, long seed)
    {
        using var random = new Generator((ulong)seed, CPU);
        return TargetWeights.Of(config).ToDictionary(weight => weight.Name, Draw);

        Tensor Draw(TargetWeight weight)
        {
            using var scope = NewDisposeScope();
            var normal = randn([.. weight.Shape], generator: random);
            var drawn = weight.Role switch
            {
                WeightRole.Norm => normal.MultiplyInPlace(Spread).Plus(1.0),
                WeightRole.Bias => normal.MultiplyInPlace(Spread),
                _ => normal.MultiplyInPlace(1 / Math.Sqrt(weight.Shape[1])),
            };
            return drawn.MoveToOuterDisposeScope();
        }
    }
}
