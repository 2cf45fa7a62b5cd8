using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Pretraining;
using AngelSlim.Torch.Stages;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

/// <summary>Counted by hand in the product, and here from the weights themselves; norms are too small to count.</summary>
public sealed class A_memory_estimate
{
    private static readonly TargetFolder Target = new(Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text"));

    [Theory]
    [InlineData(Dtype.Float32, 4)]
    [InlineData(Dtype.Bfloat16, 2)]
    public void Of_a_target_is_that_of_its_weights(Dtype dtype, int bytes)
    {
        using var scope = NewDisposeScope();
        using var target = TargetModel.Load(Target.Folder, float32, CPU);
        var ends = TargetEnds.Of(target);
        var file = new FileInfo(Path.Combine(Target.Folder, "model.safetensors")).Length;

        Assert.Equal(file / 2 * bytes, MemoryEstimate.Target(Target, dtype));
        Assert.Equal(ends.Head_VD.numel() * bytes, MemoryEstimate.TargetEnds(Target, dtype));
    }

    [Fact]
    public void Of_a_target_in_training_is_four_times_that_of_its_weights()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var settings = new PretrainSettings();
        var config = new Qwen3().Read(ConfigObject.Parse("config.json", TargetDescription.Config(settings, settings.Vocabulary).ToJsonString()));
        var weights = FreshWeights.Draw(config, random);

        Near(weights.Sum(weight => weight.Value.numel()) * 16, MemoryEstimate.Training(settings));
    }

    [Fact]
    public void Keeps_an_evaluation_alone()
    {
        var draft = Directory.CreateTempSubdirectory("angelslim-");
        File.WriteAllBytes(Path.Combine(draft.FullName, "model.safetensors"), new byte[1000]);
        IStage stage = new EvaluateStage(new TensorRuntime("", Threads: 1));
        var settings = new EvaluateSettings { SpeculativeTokens = 1, PromptLabels = [], PromptsPerFile = 1, MaxNewTokens = 1, Dtype = Dtype.Bfloat16 };

        var needs = stage.NeedsOf(settings, new EvaluateInputs(Target, new ExportedDraft(draft.FullName), new TokenRows(""), []));

        var texts = MemoryEstimate.Texts(Target, Dtype.Bfloat16, texts: 1, newTokens: 1, judged: 2);
        Assert.Equal(new Needs(MemoryEstimate.Target(Target, Dtype.Bfloat16) + 1000 + MemoryEstimate.Rest + texts, Alone: true), needs);
        Assert.Equal(needs.Memory + (7 * texts), stage.NeedsOf(settings with { PromptsAtOnce = 8 }, new EvaluateInputs(Target, new ExportedDraft(draft.FullName), new TokenRows(""), [])).Memory);
        draft.Delete(recursive: true);
    }

    /// <summary>Keys and values as a cache keeps them, of a prompt and its answer, and of a draft whose layer is one of the target's.</summary>
    [Theory]
    [InlineData(Dtype.Float32, 100)]
    [InlineData(Dtype.Bfloat16, 3000)]
    public void Of_texts_that_grow_is_that_of_their_caches_and_scores(Dtype dtype, int newTokens)
    {
        using var scope = NewDisposeScope();
        using var target = TargetModel.Load(Target.Folder, ElementType.Of(dtype).Scalar, CPU);
        using var cache = new KvCache(target.Config.Layers);
        var shape = new long[] { 1, target.Config.Heads.KeyHeads, MemoryEstimate.PromptTokens + newTokens + 4, target.Config.Heads.Channels };
        var layer = cache.Append(0, zeros(shape, target.Embedding_VD.dtype), zeros(shape, target.Embedding_VD.dtype)).K_BKTC;
        var counted = (layer.storage_offset() + (layer.stride(1) * shape[1])) * 2 * (target.Config.Layers + 1) * layer.ElementSize;
        var scores = 4L * target.Config.Vocabulary * 4 * 2;

        Assert.Equal(3 * (counted + scores), MemoryEstimate.Texts(Target, dtype, texts: 3, newTokens, judged: 4));
    }

    private static void Near(long counted, long estimated) => Assert.InRange((double)estimated / counted, 0.98, 1.0);
}
