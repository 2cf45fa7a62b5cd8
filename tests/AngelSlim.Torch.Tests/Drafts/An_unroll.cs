using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Testing;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Objectives;
using AngelSlim.Torch.Tensors;
using TorchSharp;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts;

public sealed class An_unroll(ITestOutputHelper log)
{
    // Tolerances as golden/eagle3/README.md: a looser match is a mistake, not rounding.
    private const double States = 2e-5;
    private const double Losses = 5e-6;
    private const double Gradients = 5e-5;

    // Ropes that the draft cannot have yet are skipped by name.
    private static readonly string[] NotYet = ["ttt-mrope-chunked", "ttt-mrope-interleaved", "ttt-speech"];
    private static readonly string[] Prefixes = ["ttt-", "offline-online"];

    public static TheoryData<string> Cases() => [.. Folders(DraftCase.Named(Prefixes))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_what_AngelSlim_gives_under_its_conventions(string folder) => Assert.Equal(3, UnderAngelSlims(folder).Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_sums_of_our_own_conventions(string folder) => Assert.NotEmpty(UnderOurs(folder));

    [Fact]
    public void Divides_gradients_by_the_counted_rows_when_asked_to()
    {
        using var scope = NewDisposeScope();
        using var given = new DraftCase(DraftCase.Named("ttt-padded-batch").First(), DraftRope.Target);
        given.Judged(given.Unrolled(), Gate.Next, Normalizer.Counted).Loss.backward();

        CompareGradients(given, given.File("ours"), "grad-counted.");
    }

    /// <summary>Over the cases that the repository carries, so that the page says the same wherever it is written; the complete set has a section of its own.</summary>
    [Fact]
    public void Is_in_the_documentation_with_what_was_measured()
    {
        const string Reference = "Unroll, loss and gradients of tiny drafts with random weights, also norms. *AngelSlim* is its own trainer's code under its conventions; *ours* are this tool's conventions, worked out by a plain implementation that was compared with AngelSlim's on every tensor. *States* are what each step hands to the next.";
        FidelityPage.Matches("Unroll", Reference + " Compared are the cases that the repository carries.", Rows(Golden.Own("eagle3")));
        if (Golden.Shared is null)
        {
            log.WriteLine("skipped: the complete set is not on this machine");
            return;
        }

        FidelityPage.Matches("Unroll, complete", Reference + " The complete set: further rotations.", Rows(Path.Combine(Golden.Shared, "eagle3")));
    }

    private static FidelityRow[] Rows(string place) =>
        [.. Folders(Golden.CasesIn(place, "io.safetensors").Where(folder => Prefixes.Any(Path.GetFileName(folder).StartsWith))).SelectMany(folder => (FidelityRow[])[.. UnderAngelSlims(folder), .. UnderOurs(folder)])];

    private static IEnumerable<string> Folders(IEnumerable<string> folders) => folders.Where(folder => !NotYet.Contains(Path.GetFileName(folder)));

    private static List<FidelityRow> UnderAngelSlims(string folder)
    {
        using var scope = NewDisposeScope();
        using var given = new DraftCase(folder, DraftRope.Angelslim);
        var io = given.File("io");
        var unroll = Enumerable.Range(0, 16).Count(k => io.Tensors.ContainsKey($"loss.{k}"));
        var steps = given.Unrolled(unroll: unroll);
        var judged = given.Judged(steps, Gate.Angelslim, Normalizer.Positions);
        judged.Loss.backward();

        var losses = new Nearness("losses of each step and of all", Losses);
        losses.Compare(io.Load("loss"), judged.Loss, "loss");
        for (var k = 0; k < unroll; k++)
        {
            var step = judged.Figures.Steps[k];
            losses.Compare(io.Load($"loss.{k}").ToDouble(), step.Sum / io.Load("loss_mask").numel(), $"loss.{k}");
            Near.Assert(io.Load($"accuracy.{k}").ToDouble(), step.Accuracy, 2e-6, $"accuracy.{k}");
        }

        var name = Path.GetFileName(folder);
        return [CompareSteps(given, io, steps).Row("AngelSlim", name), losses.Row("AngelSlim", name), CompareGradients(given, io, "grad.").Row("AngelSlim", name)];
    }

    private static List<FidelityRow> UnderOurs(string folder)
    {
        using var scope = NewDisposeScope();
        using var given = new DraftCase(folder, DraftRope.Target);
        var ours = given.File("ours");
        var unroll = (int)ours.Tensors["sum"].Shape[0];
        var steps = given.Unrolled(unroll: unroll);
        var next = given.Judged(steps, Gate.Next, Normalizer.Positions);
        next.Loss.backward();

        var losses = new Nearness("sums under three gates, losses under two divisors", Losses);
        CompareFigures(ours, "", next.Figures, losses);
        CompareFigures(ours, "exact-gate.", given.Judged(steps, Gate.Exact, Normalizer.Counted).Figures, losses);
        CompareFigures(ours, "compat-gate.", given.Judged(steps, Gate.Angelslim, Normalizer.Counted).Figures, losses);
        losses.Compare(ours.Load("loss.batch"), next.Loss, "loss.batch");
        losses.Compare(ours.Load("loss.counted"), given.Judged(steps, Gate.Next, Normalizer.Counted).Loss, "loss.counted");

        // Where our rotation is AngelSlim's too, its states stand for ours.
        var compared = new[] { CompareSteps(given, ours, steps), losses, CompareGradients(given, ours, "grad.") };
        return [.. compared.Where(group => !group.IsEmpty).Select(group => group.Row("ours", Path.GetFileName(folder)))];
    }

    private static Nearness CompareSteps(DraftCase given, SafetensorsFile expected, IReadOnlyList<DraftStep> steps)
    {
        var compared = new Nearness("states and scores of each step", States);
        var attended_BT1 = given.File("io").Load("attention_mask").unsqueeze(-1);
        for (var k = 0; k < steps.Count && expected.Tensors.ContainsKey($"state.{k}"); k++)
        {
            compared.Compare(expected.Load($"state.{k}") * attended_BT1, steps[k].State.Hidden_BTD * attended_BT1, $"state.{k}");
        }

        for (var k = 0; k < steps.Count && expected.Tensors.ContainsKey($"logits.{k}"); k++)
        {
            compared.Compare(expected.Load($"logits.{k}") * attended_BT1, given.Draft.Scores(steps[k].Normed_BTD) * attended_BT1, $"logits.{k}");
        }

        return compared;
    }

    private static void CompareFigures(SafetensorsFile expected, string gate, UnrollFigures figures, Nearness losses)
    {
        long[] Whole(string name) => expected.Load(gate + name).data<long>().ToArray();
        Assert.Equal(Whole("gate"), figures.Steps.Select(step => step.Gated));
        Assert.Equal(Whole("counted"), figures.Steps.Select(step => step.Counted));
        Assert.Equal(Whole("correct"), figures.Steps.Select(step => step.Correct));
        losses.Compare(expected.Load(gate + "sum"), tensor(figures.Steps.Select(step => (float)step.Sum).ToArray()), gate + "sum");
    }

    private static Nearness CompareGradients(DraftCase given, SafetensorsFile expected, string prefix)
    {
        var compared = new Nearness("gradient of every weight", Gradients);
        foreach (var (name, weight) in given.Draft.Weights)
        {
            compared.Compare(expected.Load(prefix + name), weight.grad!, prefix + name);
        }

        Assert.Equal(expected.Tensors.Keys.Count(name => name.StartsWith(prefix, StringComparison.Ordinal)), given.Draft.Weights.Count);
        return compared;
    }
}
