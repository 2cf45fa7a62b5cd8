using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Stages;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Tests.Drafts;
using AngelSlim.Torch.Training;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

/// <summary>The estimate before a training, against the memory that the training takes.</summary>
public sealed class A_training_memory(ITestOutputHelper log) : IDisposable
{
    private const int Words = 24_000;
    private const int Tokens = 768;
    private readonly string _folder = Directory.CreateTempSubdirectory("angelslim-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Dtype.Float32, Recompute.Never)]
    [InlineData(Dtype.Float32, Recompute.Always)]
    [InlineData(Dtype.Bfloat16, Recompute.Never)]
    public void Is_told_within_15_percent(Dtype dtype, Recompute recompute)
    {
        var settings = new TrainSettings
        {
            Dtype = dtype,
            Draft = new() { Vocabulary = 12_000 },
            Training = new() { Dtype = dtype, Unroll = 6, Recompute = recompute, Optimizer = OptimizerKind.Adamw, Steps = 2 },
            MaxTokens = Tokens,
        };
        var estimate = new TrainingMemory(settings, Target());
        var taken = Measure(settings, estimate.Recomputes(long.MaxValue));

        var share = estimate.Bytes(recompute is Recompute.Always) / taken;
        log.WriteLine($"{dtype}, {recompute}: {taken / 1e6:F0} MB, of which the estimate is {share:F3}.");
        Assert.InRange(share, 0.85, 1.15);
    }

    [Fact]
    public void Lets_steps_be_computed_again_only_where_they_do_not_fit()
    {
        var settings = new TrainSettings { Dtype = Dtype.Float32, Draft = new(), Training = new() };
        var estimate = new TrainingMemory(settings, Target());
        Assert.True(estimate.Bytes(recompute: true) < estimate.Bytes(recompute: false));
        Assert.False(estimate.Recomputes(estimate.Bytes(recompute: false)));
        Assert.True(estimate.Recomputes(estimate.Bytes(recompute: false) - 1));

        var never = new TrainingMemory(settings with { Training = new() { Recompute = Recompute.Never } }, Target());
        Assert.False(never.Recomputes(0));
    }

    private TargetFolder Target()
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), $$"""
            {
              "model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "hidden_size": 512, "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 64,
              "intermediate_size": 1536, "num_hidden_layers": 8, "vocab_size": {{Words}}, "rms_norm_eps": 1e-6, "rope_theta": 1e6, "max_position_embeddings": 4096,
              "tie_word_embeddings": true, "attention_bias": false, "hidden_act": "silu"
            }
            """);
        return new(_folder);
    }

    /// <summary>The highest mark of the resident set above its level before the draft is made.</summary>
    private double Measure(TrainSettings settings, bool recompute)
    {
        using var scope = NewDisposeScope();
        var config = DraftConfig.For(settings.Draft, Compatibility.None, TargetConfigReader.Read(_folder), settings.Draft.Vocabulary!.Value);
        var table_VD = randn([Words, config.Width], ElementType.Of(settings.Dtype).Scalar);
        var rows = Tiny.Rows(config with { TargetWords = settings.Draft.Vocabulary.Value }, Tokens);
        TensorMemory.Keep();
        WarmUp(settings.Training);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TensorMemory.GiveBack();
        File.WriteAllText("/proc/self/clear_refs", "5");
        var level = Resident("VmRSS");

        var weights = FirstWeights.Draw(config, 0.02, seed: 1);
        weights.Values.ToList().ForEach(weight => weight.requires_grad_());
        var words = new DraftVocabulary([.. Enumerable.Range(0, config.DraftWords).Select(word => (long)word)], Words);
        using var draft = new Eagle3Draft(config, weights, words, table_VD);
        using var trainer = new Trainer(new(draft, table_VD, rows, _ => [0], 2) { Scratch = _folder, Recompute = recompute }, settings.Training);
        trainer.Next();
        trainer.Next();
        return Resident("VmHWM") - level;
    }

    /// <summary>The code of libtorch that a training runs through, and what its libraries keep, belong to the level.</summary>
    private void WarmUp(TrainingSettings settings)
    {
        using var draft = Tiny.Draft(Tiny.Config);
        using var trainer = new Trainer(new(draft, Tiny.Head(Tiny.Config), Tiny.Rows(Tiny.Config, 20), _ => [0], 2) { Scratch = _folder }, settings);
        trainer.Next();
    }

    private static double Resident(string name) =>
        1024 * double.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
