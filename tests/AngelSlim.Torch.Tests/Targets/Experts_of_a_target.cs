using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

public sealed class Experts_of_a_target
{
    private const string Layer = "model.layers.2.mlp";
    private static readonly TargetConfig Config = TinyTarget.Config(new Qwen3Moe());

    /// <summary>Packed as transformers 5 saves them: in one tensor the gates' rows before the others', in one the rest.</summary>
    [Fact]
    public void Are_the_same_one_by_one_and_packed()
    {
        using var scope = NewDisposeScope();
        var weights = TinyTarget.Weights(Config);
        var input = new TargetInput(TinyTarget.Ids(rows: 2, tokens: 9));
        using var apart = TargetModel.Load(TinyTarget.Folder(Config, weights), float32, CPU);
        using var packed = TargetModel.Load(TinyTarget.Folder(Config, Packed(weights)), float32, CPU);
        Assert.True(apart.Run(input, [2]).Hidden_BTLD.Equals(packed.Run(input, [2]).Hidden_BTLD));
        Assert.True(apart.Run(input, [2]).Last_BTD.Equals(packed.Run(input, [2]).Last_BTD));
    }

    /// <summary>By hand: every token goes through all experts, and those that it was not given to count 0.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Give_what_all_of_them_give_with_the_shares_of_the_others_zero(bool sharesSumToOne)
    {
        using var scope = NewDisposeScope();
        var random = new Generator(5);
        var router_ED = randn([6, 8], generator: random);
        var mlps = Enumerable.Range(0, 6).Select(_ => new GatedMlp(
            new(randn([10, 8], generator: random)), new(randn([10, 8], generator: random)), new(randn([8, 10], generator: random)))).ToList();
        var hidden_BTD = randn([3, 7, 8], generator: random);

        var chances = nn.functional.softmax(hidden_BTD.matmul(router_ED.t()), dim: -1);
        var third = chances.sort(-1, descending: true).Values[.., .., 2..3];
        var shares = where(chances > third, chances, zeros_like(chances));
        shares = sharesSumToOne ? shares / shares.sum(-1, keepdim: true) : shares;
        var expected = zeros_like(hidden_BTD);
        for (var expert = 0; expert < 6; expert++)
        {
            expected += mlps[expert].Apply(hidden_BTD) * shares[.., .., expert..(expert + 1)];
        }

        Near.Assert(expected, new Experts(new(router_ED), mlps, new(Chosen: 2, sharesSumToOne)).Apply(hidden_BTD), 1e-6, "mixture");
    }

    /// <summary>The order of the sums is that of the experts, whoever else is in the batch.</summary>
    [Fact]
    public void Give_a_token_the_same_bits_among_others_as_alone()
    {
        using var scope = NewDisposeScope();
        var random = new Generator(6);
        var router = new Projection(randn([5, 8], generator: random));
        var scales = Enumerable.Range(0, 5).Select(_ => (IMlp)new Scaling(randn([8], generator: random))).ToList();
        var experts = new Experts(router, scales, new(Chosen: 3, SharesSumToOne: true));
        var hidden_ND = randn([40, 8], generator: random);
        var together = experts.Apply(hidden_ND);
        for (var token = 0; token < 40; token++)
        {
            var alone = experts.Apply(hidden_ND.index_select(0, tensor(new[] { (long)token, token })))[0];
            Assert.True((alone - together[token]).abs().max().ToDouble() < 1e-6);
            Assert.True(experts.Apply(hidden_ND)[token].Equals(together[token]));
        }
    }

    [Fact]
    public void Are_refused_in_a_layout_that_nobody_knows() => Refuses(
        weights =>
        {
            foreach (var name in weights.Keys.Where(name => name.StartsWith($"{Layer}.experts.", StringComparison.Ordinal)).ToList())
            {
                weights.Remove(name);
            }

            weights[$"{Layer}.experts.w13"] = ones(4, 24, 24);
        },
        $"neither '{Layer}.experts.0.gate_proj.weight' [12, 24] nor '{Layer}.experts.gate_up_proj' [4, 24, 24] is there, and experts in another layout are not supported; found beside them: {Layer}.experts.w13.");

    /// <summary>As some vision models have them: inputs before outputs.</summary>
    [Fact]
    public void Are_refused_when_they_are_packed_the_other_way_round() => Refuses(
        weights => weights[$"{Layer}.experts.down_proj"] = weights[$"{Layer}.experts.down_proj"].transpose(1, 2).contiguous(),
        $"'{Layer}.experts.down_proj' should have shape [4, 24, 12] by config.json but has [4, 12, 24]",
        packed: true);

    private static void Refuses(Action<Dictionary<string, Tensor>> change, string message, bool packed = false)
    {
        using var scope = NewDisposeScope();
        var weights = packed ? Packed(TinyTarget.Weights(Config)) : TinyTarget.Weights(Config);
        change(weights);
        var wrong = Assert.Throws<DataException>(() => TargetModel.Load(TinyTarget.Folder(Config, weights), float32, CPU));
        Assert.Equal(ProblemCode.BadWeights, wrong.Problem.Code);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Packed(Dictionary<string, Tensor> weights)
    {
        var packed = weights.Where(pair => !pair.Key.Contains(".experts.", StringComparison.Ordinal)).ToDictionary();
        foreach (var group in weights.Where(pair => pair.Key.Contains(".experts.", StringComparison.Ordinal)).GroupBy(pair => pair.Key[..pair.Key.IndexOf(".experts.", StringComparison.Ordinal)]))
        {
            Tensor All(string part) => stack(Enumerable.Range(0, 4).Select(expert => weights[$"{group.Key}.experts.{expert}.{part}.weight"]), 0);
            packed[$"{group.Key}.experts.gate_up_proj"] = cat([All("gate_proj"), All("up_proj")], dim: 1);
            packed[$"{group.Key}.experts.down_proj"] = All("down_proj");
        }

        return packed;
    }

    /// <summary>Without a product of matrices, whose order of sums depends on how many rows it has.</summary>
    private sealed class Scaling(Tensor weight_D) : IMlp
    {
        public Tensor Apply(Tensor hidden) => hidden * weight_D;
    }
}
