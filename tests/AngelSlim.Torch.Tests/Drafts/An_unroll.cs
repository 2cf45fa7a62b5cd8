using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Objectives;
using AngelSlim.Torch.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts;

public sealed class An_unroll
{
    // Tolerances as golden/eagle3/README.md: a looser match is a mistake, not rounding.
    private const double States = 2e-5;
    private const double Losses = 5e-6;
    private const double Gradients = 5e-5;

    // Ropes that the draft cannot have yet are skipped by name.
    private static readonly string[] NotYet = ["ttt-mrope-chunked", "ttt-mrope-interleaved", "ttt-rope-alpha", "ttt-speech"];

    public static TheoryData<string> Cases() =>
        [.. DraftCase.Named("ttt-", "offline-online").Where(folder => !NotYet.Contains(Path.GetFileName(folder)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_what_AngelSlim_gives_under_its_conventions(string folder)
    {
        using var scope = NewDisposeScope();
        using var given = new DraftCase(folder, DraftRope.Angelslim);
        var io = given.File("io");
        var unroll = Enumerable.Range(0, 16).Count(k => io.Tensors.ContainsKey($"loss.{k}"));
        var steps = given.Unrolled(unroll: unroll);
        var judged = given.Judged(steps, Gate.Angelslim, Normalizer.Positions);
        judged.Loss.backward();

        CompareSteps(given, io, steps);
        Near.Assert(io.Load("loss").ToDouble(), judged.Loss.ToDouble(), Losses, "loss");
        for (var k = 0; k < unroll; k++)
        {
            var step = judged.Figures.Steps[k];
            Near.Assert(io.Load($"loss.{k}").ToDouble(), step.Sum / io.Load("loss_mask").numel(), Losses, $"loss.{k}");
            Near.Assert(io.Load($"accuracy.{k}").ToDouble(), step.Accuracy, 2e-6, $"accuracy.{k}");
        }

        CompareGradients(given, io, "grad.");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_sums_of_our_own_conventions(string folder)
    {
        using var scope = NewDisposeScope();
        using var given = new DraftCase(folder, DraftRope.Target);
        var ours = given.File("ours");
        var unroll = (int)ours.Tensors["sum"].Shape[0];
        var steps = given.Unrolled(unroll: unroll);
        CompareSteps(given, ours, steps);

        var next = given.Judged(steps, Gate.Next, Normalizer.Positions);
        next.Loss.backward();
        CompareFigures(ours, "", next.Figures);
        CompareFigures(ours, "exact-gate.", given.Judged(steps, Gate.Exact, Normalizer.Counted).Figures);
        CompareFigures(ours, "compat-gate.", given.Judged(steps, Gate.Angelslim, Normalizer.Counted).Figures);
        Near.Assert(ours.Load("loss.batch").ToDouble(), next.Loss.ToDouble(), Losses, "loss.batch");
        Near.Assert(ours.Load("loss.counted").ToDouble(), given.Judged(steps, Gate.Next, Normalizer.Counted).Loss.ToDouble(), Losses, "loss.counted");
        CompareGradients(given, ours, "grad.");
    }

    [Fact]
    public void Divides_gradients_by_the_counted_rows_when_asked_to()
    {
        using var scope = NewDisposeScope();
        using var given = new DraftCase(DraftCase.Named("ttt-padded-batch").First(), DraftRope.Target);
        given.Judged(given.Unrolled(), Gate.Next, Normalizer.Counted).Loss.backward();

        CompareGradients(given, given.File("ours"), "grad-counted.");
    }

    private static void CompareSteps(DraftCase given, SafetensorsFile expected, IReadOnlyList<DraftStep> steps)
    {
        var attended_BT1 = given.File("io").Load("attention_mask").unsqueeze(-1);
        for (var k = 0; k < steps.Count && expected.Tensors.ContainsKey($"state.{k}"); k++)
        {
            Near.Assert(expected.Load($"state.{k}") * attended_BT1, steps[k].State.Hidden_BTD * attended_BT1, States, $"state.{k}");
        }

        for (var k = 0; k < steps.Count && expected.Tensors.ContainsKey($"logits.{k}"); k++)
        {
            Near.Assert(expected.Load($"logits.{k}") * attended_BT1, given.Draft.Scores(steps[k].Normed_BTD) * attended_BT1, States, $"logits.{k}");
        }
    }

    private static void CompareFigures(SafetensorsFile expected, string gate, UnrollFigures figures)
    {
        long[] Whole(string name) => expected.Load(gate + name).data<long>().ToArray();
        Assert.Equal(Whole("gate"), figures.Steps.Select(step => step.Gated));
        Assert.Equal(Whole("counted"), figures.Steps.Select(step => step.Counted));
        Assert.Equal(Whole("correct"), figures.Steps.Select(step => step.Correct));
        Near.Assert(expected.Load(gate + "sum"), tensor(figures.Steps.Select(step => (float)step.Sum).ToArray()), Losses, gate + "sum");
    }

    private static void CompareGradients(DraftCase given, SafetensorsFile expected, string prefix)
    {
        var compared = 0;
        foreach (var (name, weight) in given.Draft.Weights)
        {
            Near.Assert(expected.Load(prefix + name), weight.grad!, Gradients, prefix + name);
            compared++;
        }

        Assert.Equal(expected.Tensors.Keys.Count(name => name.StartsWith(prefix, StringComparison.Ordinal)), compared);
    }
}
