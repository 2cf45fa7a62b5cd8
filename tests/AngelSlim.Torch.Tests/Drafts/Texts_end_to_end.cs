using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Objectives;
using AngelSlim.Torch.Training;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts;

/// <summary>Laying texts end to end is padding and masks that are not needed, and nothing else.</summary>
public sealed class Texts_end_to_end
{
    private const int Unrolled = 4;
    private static readonly int[] Lengths = [17, 2, 9, 1, 30, 3];

    [Theory]
    [InlineData(Gate.Exact)]
    [InlineData(Gate.All)]
    [InlineData(Gate.Next)]
    [InlineData(Gate.Angelslim)]
    public void Are_computed_and_taught_as_if_each_were_alone(Gate gate)
    {
        using var scope = NewDisposeScope();
        using var draft = Tiny.Draft(Tiny.Config with { NormBeforeFc = true, NormOutput = true });
        AssertTaughtAsAlone(draft, Tiny.Head(draft.Config), Tiny.Rows(draft.Config, Lengths), gate);
    }

    /// <summary>What steps, loss and gradients are for all rows at once, they are for one row after the other.</summary>
    internal static void AssertTaughtAsAlone(Eagle3Draft draft, Tensor head_VD, IFeatureSource rows, Gate gate)
    {
        var (together, figures, gradients) = Judge(draft, head_VD, rows.Read([.. Enumerable.Range(0, rows.Count)]), gate);

        var (begin, sum, expected) = (0, UnrollFigures.None(Unrolled), gradients.ToDictionary(pair => pair.Key, pair => zeros_like(pair.Value)));
        foreach (var (row, length) in Enumerable.Range(0, rows.Count).Select(rows.LengthOf).Index())
        {
            var (alone, said, gradient) = Judge(draft, head_VD, rows.Read([row]), gate);
            for (var k = 0; k < Unrolled; k++)
            {
                Near.Assert(alone[k].Normed_BTD, together[k].Normed_BTD.narrow(1, begin, length), 2e-6, $"step {k} of text {row}");
            }

            (begin, sum) = (begin + length, sum + said);
            foreach (var (name, value) in gradient)
            {
                expected[name].add_(value);
            }
        }

        Assert.Equal(sum.Steps.Select(step => step with { Sum = 0 }), figures.Steps.Select(step => step with { Sum = 0 }));
        Near.Assert(sum.Weighted(0.8), figures.Weighted(0.8), 1e-6, "sum");
        Assert.All(expected, pair => Near.Assert(pair.Value, gradients[pair.Key], 5e-6, pair.Key));
    }

    [Fact]
    public void See_nothing_of_each_other()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var draft = Tiny.Draft(Tiny.Config);
        var batch = Tiny.Rows(draft.Config, 12, 10).Read([0, 1]);
        IReadOnlyList<DraftStep> Steps(FeatureBatch given) => Unroll.Over(draft, given.Aux_BTE, given.Ids_BT, given.Positions_ABT, given.Documents, Unrolled);
        var before = Steps(batch);
        var other_BT = batch.Ids_BT.clone();
        other_BT[0, ..12] = (other_BT[0, ..12] + 1).remainder(80);
        var aux_BTE = batch.Aux_BTE.clone();
        aux_BTE[0, ..12] = 3;
        var after = Steps(batch with { Ids_BT = other_BT, Aux_BTE = aux_BTE });
        for (var k = 0; k < Unrolled; k++)
        {
            Assert.Equal(before[k].Normed_BTD[0, 12..].data<float>().ToArray(), after[k].Normed_BTD[0, 12..].data<float>().ToArray());
            Assert.NotEqual(before[k].Normed_BTD[0, ..12].data<float>().ToArray(), after[k].Normed_BTD[0, ..12].data<float>().ToArray());
        }
    }

    [Fact]
    public void Are_read_only_to_their_own_end()
    {
        using var scope = NewDisposeScope();
        var ids_BT = tensor(new long[,] { { 1, 2, 3, 4, 5, 6 } });
        Documents documents = new([3, 1, 2]);
        Assert.Equal([2L, 3, 0, 0, 6, 0], documents.Ahead(ids_BT, 1).data<long>().ToArray());
        Assert.Equal([3L, 0, 0, 0, 0, 0], documents.Ahead(ids_BT, 2).data<long>().ToArray());
        Assert.Equal([0L, 0, 0, 0, 0, 0], documents.Ahead(ids_BT, 3).data<long>().ToArray());
    }

    /// <summary>Steps, figures, and the gradients of the loss through all steps.</summary>
    internal static (IReadOnlyList<DraftStep> Steps, UnrollFigures Figures, Dictionary<string, Tensor> Gradients) Judge(Eagle3Draft draft, Tensor head_VD, FeatureBatch batch, Gate gate)
    {
        var (steps, loss) = Taught(draft, head_VD, batch, gate);
        loss.Sum.backward();
        var gradients = draft.Weights.ToDictionary(pair => pair.Key, pair => pair.Value.grad!.clone());
        foreach (var weight in draft.Weights.Values)
        {
            weight.grad = null;
        }

        return (steps, loss.Figures, gradients);
    }

    /// <summary>Unroll and loss as a trainer takes them.</summary>
    internal static (IReadOnlyList<DraftStep> Steps, UnrollLoss Loss) Taught(Eagle3Draft draft, Tensor head_VD, FeatureBatch batch, Gate gate)
    {
        var steps = Unroll.Over(draft, batch.Aux_BTE, batch.Ids_BT, batch.Positions_ABT, batch.Documents, Unrolled);
        var teacher = new Teacher(batch.Last_BTD.flatten(0, 1), head_VD, draft.Vocabulary);
        var mask_BT = gate is Gate.All ? ones_like(batch.Mask_BT) : batch.Mask_BT;
        return (steps, BlockedLoss.Of(
            [.. steps.Select(step => step.Normed_BTD)], draft.Head_WD, teacher, mask_BT, batch.Documents, new(new CrossEntropy(), 0.8, gate, Normalizer.Counted)));
    }
}
