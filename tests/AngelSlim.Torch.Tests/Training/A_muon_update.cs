using AngelSlim.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Training;

public sealed class A_muon_update
{
    [Theory]
    [InlineData(24, 40)]
    [InlineData(40, 24)]
    public void Has_singular_values_around_one_and_the_gradients_singular_vectors(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var matrix = randn([rows, columns], generator: new Generator(1));
        var (left, _, right) = linalg.svd(matrix, fullMatrices: false);
        var orthogonal = Muon.Orthogonal(matrix);

        // In the gradient's own frame the update is diagonal, and its diagonal is where the quintic leads.
        var framed = mm(mm(left.t(), orthogonal), right.t());
        var diagonal = framed.diagonal();
        Assert.InRange(diagonal.min().ToDouble(), 0.6, 1.3);
        Assert.InRange(diagonal.max().ToDouble(), 0.6, 1.3);
        Assert.InRange((framed - diag(diagonal)).abs().max().ToDouble(), 0, 0.03);
    }

    [Fact]
    public void Follows_the_momentum_with_a_look_ahead_and_decays_the_weight()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var random = new Generator(2);
        var weight = randn([6, 10], generator: random);
        var start = weight.clone();
        using var muon = new Muon([KeyValuePair.Create("fc.weight", weight)], decay: 0.1);
        var (first, second) = (randn([6, 10], generator: random), randn([6, 10], generator: random));
        weight.grad = first;
        muon.Update(1, rate: 0.01);
        weight.grad = second;
        muon.Update(2, rate: 0.01);

        // momentum = 0.95·momentum + 0.05·gradient; direction = 0.95·momentum + 0.05·gradient; size 0.2·√10.
        var momentum1 = first * 0.05;
        var momentum2 = (momentum1 * 0.95) + (second * 0.05);
        Tensor After(Tensor before, Tensor direction) => (before * (1 - (0.01 * 0.1))) - (Muon.Orthogonal(direction) * (0.01 * 0.2 * Math.Sqrt(10)));
        var expected = After(After(start, (momentum1 * 0.95) + (first * 0.05)), (momentum2 * 0.95) + (second * 0.05));
        Near.Assert(expected, weight, 1e-3, "weight");
        Near.Assert(momentum2, muon.State.Single().Value, 1e-6, "momentum");
    }
}
