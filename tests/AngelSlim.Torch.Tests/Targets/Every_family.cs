using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>Laws that hold for each line of the catalogue, new ones included.</summary>
public sealed class Every_family
{
    // Other shapes of the same sums: rounding of float32 over 4 layers of values around 1.
    private const double Rounding = 2e-5;

    public static TheoryData<string> Families => TinyTarget.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void Says_the_same_with_a_cache_and_without(string family) => Judge(family, target =>
    {
        var ids = TinyTarget.Ids(rows: 2, tokens: 20);
        var whole = target.Run(new TargetInput(ids), [2, 0]);
        foreach (var chunk in new[] { 1, 7 })
        {
            using var cache = new KvCache(4);
            var parts = ids.split(chunk, dim: 1).Select(part => target.Run(new TargetInput(part), [2, 0], cache)).ToList();
            AssertClose(whole.Hidden_BTLD, cat([.. parts.Select(part => part.Hidden_BTLD)], dim: 1));
            AssertClose(whole.Last_BTD, cat([.. parts.Select(part => part.Last_BTD)], dim: 1));
            Assert.True(whole.Positions_ABT.Equals(cat([.. parts.Select(part => part.Positions_ABT)], dim: 2)));
        }
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Forgets_what_was_rolled_back(string family) => Judge(family, target =>
    {
        var ids = TinyTarget.Ids(rows: 1, tokens: 12);
        var whole = target.Run(new TargetInput(ids), []).Last_BTD;
        using var cache = new KvCache(4);
        _ = target.Run(new TargetInput(ids[.., ..6]), [], cache);
        _ = target.Run(new TargetInput(TinyTarget.Ids(rows: 1, tokens: 200, seed: 3)), [], cache);
        cache.Truncate(6);
        Assert.Equal(6, cache.Length);
        AssertClose(whole[.., 6..], target.Run(new TargetInput(ids[.., 6..]), [], cache).Last_BTD);
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Says_of_a_padded_row_what_it_says_of_the_row_alone(string family) => Judge(family, target =>
    {
        var ids = TinyTarget.Ids(rows: 3, tokens: 15);
        var batch = target.Run(new TargetInput(ids), [1]);
        foreach (var (row, length) in new[] { (0, 15), (1, 8), (2, 1) })
        {
            var alone = target.Run(new TargetInput(ids[row..(row + 1), ..length]), [1]);
            AssertClose(alone.Last_BTD[0], batch.Last_BTD[row, ..length]);
            AssertClose(alone.Hidden_BTLD[0], batch.Hidden_BTLD[row, ..length]);
        }
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Keeps_layers_in_any_order_with_repeats_or_none(string family) => Judge(family, target =>
    {
        var input = new TargetInput(TinyTarget.Ids(rows: 1, tokens: 5));
        var all = target.Run(input, [0, 1, 2, 3]);
        var some = target.Run(input, [3, 1, 1]);
        Assert.True(all.Hidden_BTLD.select(2, 3).Equals(some.Hidden_BTLD.select(2, 0)));
        Assert.True(all.Hidden_BTLD.select(2, 1).Equals(some.Hidden_BTLD.select(2, 2)));
        Assert.Equal([1L, 5, 0, 24], target.Run(input, []).Hidden_BTLD.shape);
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Looks_at_distances_and_not_at_positions(string family) => Judge(family, target =>
    {
        // A norm behind the rotation weighs the channels of a pair where they have turned to.
        var isRelative = target.Config.HeadNorms?.Place is not NormPlace.AfterRotation;
        var ids = TinyTarget.Ids(rows: 1, tokens: 9);
        var plain = target.Run(new TargetInput(ids), []);
        var moved = target.Run(new TargetInput(ids) { Positions_ABT = plain.Positions_ABT + 30 }, []);
        Assert.Equal(isRelative, (plain.Last_BTD - moved.Last_BTD).abs().max().ToDouble() < Rounding);

        var mixed = target.Run(new TargetInput(ids) { Positions_ABT = plain.Positions_ABT * 3 }, []);
        Assert.True((mixed.Last_BTD - plain.Last_BTD).abs().max().ToDouble() > 0.01);
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Gives_every_trained_weight_the_gradient_of_its_finite_difference(string family) => Judge(family, _ =>
    {
        var config = TinyTarget.Config(TinyTarget.Family(family));
        var weights = TinyTarget.Weights(config).ToDictionary(pair => pair.Key, pair => pair.Value.requires_grad_());
        var target = TargetModel.Create(config, weights);
        var ids = TinyTarget.Ids(rows: 2, tokens: 6);
        Loss().backward();
        foreach (var (name, weight) in weights)
        {
            // Where a token goes to other experts the loss jumps, and the shorter step is the one that does not reach the jump.
            Assert.True(weight.grad is not null, name);
            FiniteDifference.Assert(name, weight, weight.grad!, () => Loss().ToDouble(), 1e-2, 1e-3);
        }

        Tensor Loss()
        {
            var last = target.Run(new TargetInput(ids), []).Last_BTD;
            return nn.functional.cross_entropy(target.Logits(last[.., ..^1].flatten(0, 1)), ids[.., 1..].flatten());
        }
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Survives_the_way_to_a_checkpoint_and_back(string family) => Judge(family, _ =>
    {
        foreach (var tied in new[] { false, true })
        {
            var config = TinyTarget.Config(TinyTarget.Family(family)) with { TiedHead = tied };
            var weights = TinyTarget.Weights(config);
            var folder = TinyTarget.Folder(config, weights);
            using var checkpoint = CheckpointFolder.Open(folder);
            var input = new TargetInput(TinyTarget.Ids(rows: 1, tokens: 10));
            using var created = TargetModel.Create(config, weights);
            using var copied = TargetModel.Create(config, TargetWeights.Of(config).ToDictionary(weight => weight.Name, weight => TargetWeights.Load(checkpoint, weight).clone()));
            using var loaded = TargetModel.Load(folder, float32, CPU, TinyTarget.All);
            var (one, two) = (created.Run(input, [1]), copied.Run(input, [1]));
            Assert.True(one.Hidden_BTLD.Equals(two.Hidden_BTLD));
            Assert.True(one.Last_BTD.Equals(two.Last_BTD));

            // In the mapped file a matrix begins where it does, and MKL adds small ones up in another order there.
            two = loaded.Run(input, [1]);
            AssertClose(one.Hidden_BTLD, two.Hidden_BTLD);
            AssertClose(one.Last_BTD, two.Last_BTD);
            AssertClose(created.Logits(one.Last_BTD[0]), loaded.Logits(two.Last_BTD[0]));
            Assert.True(created.Head_VD.Equals(loaded.Head_VD));
        }
    });

    /// <summary>A draft in training reads embedding and states of its target, and the head's scores; no gradient may go on into it.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Lets_no_gradient_through_when_it_was_loaded(string family) => Judge(family, created =>
    {
        using var loaded = TargetModel.Load(TinyTarget.Folder(created.Config, TinyTarget.Weights(created.Config)), float32, CPU, TinyTarget.All);
        var said = loaded.Run(new TargetInput(TinyTarget.Ids(rows: 1, tokens: 6)), [1, 3]);
        Assert.All([said.Hidden_BTLD, said.Last_BTD, loaded.Logits(said.Last_BTD[0]), loaded.Embedding_VD, loaded.Head_VD], tensor => Assert.False(tensor.requires_grad));
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Leaves_only_its_answer_behind(string family) => Judge(family, target =>
    {
        var input = new TargetInput(TinyTarget.Ids(rows: 1, tokens: 4));
        using var cache = new KvCache(4);
        _ = target.Run(input, [0], cache);
        using var scope = NewDisposeScope();
        var before = scope.DisposablesCount;
        for (var i = 0; i < 60; i++)
        {
            _ = target.Run(input, [0], cache);
        }

        Assert.Equal(before + (3 * 60), scope.DisposablesCount);
    });

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().ToDouble(), 0, Rounding);
    }

    private static void Judge(string family, Action<TargetModel> law)
    {
        using var scope = NewDisposeScope();
        using var target = TinyTarget.Model(TinyTarget.Family(family));
        law(target);
    }
}
