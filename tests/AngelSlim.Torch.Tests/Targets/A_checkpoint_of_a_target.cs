using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

public sealed class A_checkpoint_of_a_target
{
    private static readonly TargetConfig Config = TinyTarget.Config(new Llama());

    [Fact]
    public void Is_refused_when_a_weight_is_missing() =>
        Refuses(Config, weights => weights.Remove("model.layers.2.mlp.up_proj.weight"), "missing; config.json asks for them: model.layers.2.mlp.up_proj.weight.");

    [Fact]
    public void Is_refused_when_the_head_is_missing_and_not_tied() =>
        Refuses(Config, weights => weights.Remove("lm_head.weight"), "missing; config.json asks for them: lm_head.weight.");

    [Fact]
    public void Is_refused_when_a_weight_has_another_shape() =>
        Refuses(Config, weights => weights["model.norm.weight"] = ones(25), "'model.norm.weight' should have shape [24] by config.json but has [25]");

    [Fact]
    public void Is_refused_when_its_weights_are_whole_numbers() =>
        Refuses(Config, weights => weights["model.norm.weight"] = ones(24, ScalarType.Byte), "'model.norm.weight' should be F32, F16 or BF16 but is U8");

    /// <summary>A bias that nobody adds would make every number a little wrong.</summary>
    [Fact]
    public void Is_refused_when_there_is_a_weight_that_nobody_reads() =>
        Refuses(Config, weights => weights["model.layers.0.self_attn.q_proj.bias"] = ones(24), "unknown here; by config.json this target does not have them: model.layers.0.self_attn.q_proj.bias.");

    [Fact]
    public void Is_refused_when_it_is_tied_and_has_another_head() =>
        Refuses(Config with { TiedHead = true }, weights => weights["lm_head.weight"] = ones(TinyTarget.Words, 24), "'lm_head.weight' differs from 'model.embed_tokens.weight'");

    [Fact]
    public void Is_taken_when_it_is_tied_and_repeats_the_embedding()
    {
        using var scope = NewDisposeScope();
        var weights = TinyTarget.Weights(Config with { TiedHead = true });
        weights["lm_head.weight"] = weights["model.embed_tokens.weight"];
        using var target = TargetModel.Load(TinyTarget.Folder(Config with { TiedHead = true }, weights), float32, CPU);
        Assert.True(target.Head_VD.Equals(target.Embedding_VD));
    }

    /// <summary>Older files carry it; it is computed from the config.</summary>
    [Fact]
    public void May_carry_the_buffer_of_rotary_frequencies()
    {
        using var scope = NewDisposeScope();
        var weights = TinyTarget.Weights(Config);
        weights["model.layers.0.self_attn.rotary_emb.inv_freq"] = ones(3);
        using var target = TargetModel.Load(TinyTarget.Folder(Config, weights), float32, CPU);
        Assert.Equal(4, target.Config.Layers);
    }

    [Fact]
    public void Names_a_few_of_many_missing_weights() =>
        Refuses(Config, weights => weights.Keys.Where(name => name.StartsWith("model.layers.", StringComparison.Ordinal)).ToList().ForEach(name => weights.Remove(name)), " and 31 more.");

    private static void Refuses(TargetConfig config, Action<Dictionary<string, Tensor>> change, string message)
    {
        using var scope = NewDisposeScope();
        var weights = TinyTarget.Weights(config);
        change(weights);
        var folder = TinyTarget.Folder(config, weights);
        var wrong = Assert.Throws<DataException>(() => TargetModel.Load(folder, float32, CPU));
        Assert.Equal(ProblemCode.BadWeights, wrong.Problem.Code);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(folder, "model.safetensors"), wrong.Message, StringComparison.Ordinal);
    }
}
