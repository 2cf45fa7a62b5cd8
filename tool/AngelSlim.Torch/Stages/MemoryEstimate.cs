using System.Numerics;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Stages;

/// <summary>About how many bytes of memory weights take, by what is on disk. Asked before libtorch is loaded, so it names no type of it.</summary>
/// <remarks>Weights are counted, and what their optimiser keeps of them. States of a row are not, but in <see cref="TrainingMemory"/>: they are bounded by <c>data.maxTokens</c>, and <see cref="Rest"/> stands for them, for a capture runs row by row. What decoding keeps of its texts is counted by <see cref="Texts"/>.</remarks>
internal static class MemoryEstimate
{
    /// <summary>libtorch itself, and the states of a row.</summary>
    public const long Rest = 1L << 29;

    /// <summary>What a size in a config may be.</summary>
    public const int MostChannels = 1 << 20;

    /// <summary>A long prompt; how long each is, is not known before the target's tokenizer has read it.</summary>
    public const int PromptTokens = 2048;

    // As the head gives them, and as probabilities.
    private const int TablesOfScores = 2;

    // A weight in training is four numbers: itself, its gradient, and two moments.
    private const int NumbersPerTrainedWeight = 4;

    /// <summary>All weights of a target, in the type that it computes in.</summary>
    public static long Target(TargetFolder target, Dtype dtype)
    {
        var config = Config(target);
        var onDisk = (config.Text("dtype") ?? config.Text("torch_dtype")) is "bfloat16" or "float16" ? 2 : 4;
        return Weights(target.Folder) / onDisk * Size(dtype);
    }

    /// <summary>Embedding and head of a target: what a training on stored states needs of it.</summary>
    public static long TargetEnds(TargetFolder target, Dtype dtype)
    {
        var config = Config(target);
        var copies = config.Flag("tie_word_embeddings", whenMissing: false) ? 1 : 2;
        return (long)config.Vocabulary * Width(config) * Size(dtype) * copies;
    }

    /// <summary>A target in training: embedding and layers, in float32.</summary>
    public static long Training(PretrainSettings settings)
    {
        long width = settings.HiddenSize;
        var layer = (2L * (settings.Heads + settings.KeyHeads) * settings.HeadSize * width) + (3 * width * settings.IntermediateSize);
        return ((settings.Vocabulary * width) + (settings.Layers * layer)) * Size(Dtype.Float32) * NumbersPerTrainedWeight;
    }

    /// <summary>Texts that grow side by side: their keys and values, in buffers that double, and the scores of the words that are judged at once.</summary>
    /// <param name="target">Gives the sizes; a draft's one layer is counted as one more of it.</param>
    /// <param name="dtype">The type of keys and values.</param>
    /// <param name="texts">At once.</param>
    /// <param name="newTokens">Of a text, behind a prompt of <see cref="PromptTokens"/>.</param>
    /// <param name="judged">Tokens of a text that are scored in one round.</param>
    public static long Texts(TargetFolder target, Dtype dtype, int texts, long newTokens, int judged)
    {
        var config = Config(target);
        var layers = Integer(config, "num_hidden_layers", 1) + 1L;
        var capacity = (long)BitOperations.RoundUpToPowerOf2((ulong)(PromptTokens + newTokens + judged));
        var scores = (long)judged * config.Vocabulary * sizeof(float) * TablesOfScores;
        return texts * ((2 * layers * Heads(config).Keys * capacity * Size(dtype)) + scores);
    }

    /// <summary>Channels of all query heads, and of all key heads.</summary>
    public static (long Query, long Keys) Heads(ConfigObject config)
    {
        long heads = Integer(config, "num_attention_heads", 1);
        var channels = config.Integer("head_dim", 1, MostChannels) ?? (Width(config) / heads);
        return (heads * channels, (config.Integer("num_key_value_heads", 1, MostChannels) ?? heads) * channels);
    }

    /// <summary>The weight files of a folder, as they are on disk.</summary>
    public static long Weights(string folder) => new DirectoryInfo(folder).EnumerateFiles("*.safetensors").Sum(file => (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length);

    private static ConfigObject Config(TargetFolder target) => ConfigObject.Read(Path.Combine(target.Folder, "config.json"));

    private static int Width(ConfigObject config) => Integer(config, "hidden_size", 1);

    /// <summary>A size that a config must have.</summary>
    public static int Integer(ConfigObject config, string key, int least) => config.RequiredInteger(key, least, MostChannels);

    private static int Size(Dtype dtype) => dtype is Dtype.Bfloat16 ? 2 : 4;
}
