using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Testing;
using AngelSlim.Torch.Objectives;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Tests.Drafts;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Objectives;

public sealed class An_objective
{
    /// <summary>What the reference calls them.</summary>
    private static readonly Dictionary<Objective, string> Names = new()
    {
        [Objective.CrossEntropy] = "cross_entropy",
        [Objective.Kl] = "kl",
        [Objective.ReverseKl] = "reverse_kl",
        [Objective.JensenShannon] = "js",
        [Objective.TotalVariation] = "tv",
        [Objective.NegativeLogAcceptance] = "nla",
        [Objective.LkHybrid] = "lk_hybrid",
    };

    public static TheoryData<Objective> RowByRow => [.. Names.Keys];

    public static TheoryData<Objective> All => [.. Enum.GetValues<Objective>()];

    /// <remarks>speculators' own numbers: near rows, equal ones, a nearly certain target, an unrelated draft, and two that have hardly a word in common.</remarks>
    [Theory]
    [MemberData(nameof(RowByRow))]
    public void Equals_the_reference_row_by_row_with_its_gradient(Objective objective) => Assert.Equal(2, Judge(objective).Length);

    [Fact]
    public void Is_in_the_documentation_with_what_was_measured() => FidelityPage.Matches(
        "Objectives",
        "The loss of each position and its gradient beside speculators: near rows, equal ones, a nearly certain target, an unrelated draft, and two with hardly a word in common. `hard_ce` is `cross_entropy` (and `kl`) with `training.targets: hard`.",
        [.. Names.Keys.SelectMany(Judge), .. JudgeHard(Objective.CrossEntropy)]);

    [Theory]
    [InlineData(Objective.CrossEntropy)]
    [InlineData(Objective.Kl)]
    public void With_hard_targets_is_the_reference_s_hard_cross_entropy(Objective objective) => Assert.Equal(2, JudgeHard(objective).Length);

    private static FidelityRow[] Judge(Objective objective) =>
        Judge(objective, Names[objective], scores_NW => nn.functional.softmax(scores_NW, -1));

    private static FidelityRow[] JudgeHard(Objective objective) =>
        Judge(objective, "hard_ce", scores_NW => nn.functional.one_hot(scores_NW.argmax(1), scores_NW.shape[1]).to(float32));

    private static FidelityRow[] Judge(Objective objective, string name, Func<Tensor, Tensor> target)
    {
        const double Allowed = 3e-6;
        using var scope = NewDisposeScope();
        using var file = Reference();
        var target_NW = target(file.Load("target_scores").flatten(0, 1));
        var (loss_N, gradient_NW) = ObjectiveCatalog.Of(objective).Of(target_NW, file.Load("draft_scores").flatten(0, 1));
        var (loss, gradient) = (new Nearness("loss", Allowed), new Nearness("gradient", Allowed));
        loss.Compare(file.Load(name).flatten(), loss_N, "loss");
        gradient.Compare(file.Load("grad." + name).flatten(0, 1), gradient_NW, "gradient");
        return [loss.Row(name, "losses"), gradient.Row(name, "losses")];
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Is_least_without_a_gradient_when_the_draft_is_perfect(Objective objective)
    {
        using var scope = NewDisposeScope();
        var scores_NW = randn([3, 10], generator: new Generator(1));
        var target_NW = nn.functional.softmax(scores_NW, -1);
        var (loss_N, gradient_NW) = ObjectiveCatalog.Of(objective).Of(target_NW, scores_NW);

        var least_N = objective is Objective.CrossEntropy ? -(target_NW * target_NW.log()).sum(-1) : zeros(3);
        Assert.True((loss_N - least_N).abs().max().ToDouble() < 5e-7);
        Assert.True(gradient_NW.abs().max().ToDouble() < 2e-7);
        var (elsewhere_N, _) = ObjectiveCatalog.Of(objective).Of(target_NW, scores_NW.roll(1, 1));
        Assert.True((elsewhere_N - loss_N).min().ToDouble() > 0.01);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Has_the_gradient_that_differences_of_the_loss_show(Objective objective)
    {
        using var scope = NewDisposeScope();
        var random = new Generator(2);
        var (target_NW, scores_NW) = (nn.functional.softmax(randn([6, 40], generator: random), -1), randn([6, 40], generator: random));
        var direction_NW = randn([6, 40], generator: random);
        Tensor At(double h) => ObjectiveCatalog.Of(objective).Of(target_NW, scores_NW + (direction_NW * h)).Loss_N;

        // A hybrid's share is not differentiated, so its gradient is no slope of its loss.
        var overlap_N = minimum(target_NW, nn.functional.softmax(scores_NW, -1)).sum(1);
        var slope_N = objective switch
        {
            Objective.LkHybrid => HybridSlope(overlap_N, target_NW, scores_NW, direction_NW),
            Objective.LkLambda => HybridSlope(overlap_N.mean(), target_NW, scores_NW, direction_NW),
            _ => (At(1e-2) - At(-1e-2)) / 2e-2,
        };
        Near.Assert(slope_N, (ObjectiveCatalog.Of(objective).Of(target_NW, scores_NW).Gradient_NW * direction_NW).sum(1), 1e-2, "slope");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Stays_finite_where_nothing_is_in_common(Objective objective)
    {
        using var scope = NewDisposeScope();
        var target_NW = tensor(new[,] { { 1f, 0, 0 }, { 0, 1, 0 }, { 0.5f, 0.5f, 0 } });
        var scores_NW = tensor(new[,] { { -500f, 500, 0 }, { 0, 1000, 0 }, { 0, 0, 3e4f } });
        var (loss_N, gradient_NW) = ObjectiveCatalog.Of(objective).Of(target_NW, scores_NW);
        Assert.True(loss_N.isfinite().all().ToBoolean() && gradient_NW.isfinite().all().ToBoolean());
        Assert.True(loss_N[1].ToDouble() < 1e-6);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Leaves_what_it_is_given(Objective objective)
    {
        using var scope = NewDisposeScope();
        var scores_NW = randn([3, 10], generator: new Generator(3));
        var target_NW = nn.functional.softmax(scores_NW.roll(1, 0), -1);
        var before = (target_NW.clone(), scores_NW.clone());
        ObjectiveCatalog.Of(objective).Of(target_NW, scores_NW);
        Assert.True(target_NW.equal(before.Item1).all().ToBoolean() && scores_NW.equal(before.Item2).all().ToBoolean());
    }

    /// <remarks>SpecForge's number: λ times the cross-entropy over all positions, masked or not, and the rest of the mean refusal.</remarks>
    [Fact]
    public void With_one_share_for_all_rows_is_SpecForge_s()
    {
        using var scope = NewDisposeScope();
        using var file = Reference();
        var masked = file.Load("mask").flatten().nonzero().flatten();
        var target_NW = nn.functional.softmax(file.Load("target_scores").flatten(0, 1), -1);
        var (target_MW, scores_MW) = (target_NW.index_select(0, masked), file.Load("draft_scores").flatten(0, 1).index_select(0, masked));
        var mean = file.Load("specforge.acceptance_rate").ToDouble();
        var (byRows_M, _) = ObjectiveCatalog.Of(Objective.LkLambda).Of(target_MW, scores_MW);
        var (loss_M, _) = ObjectiveCatalog.Of(Objective.LkLambda).At(mean).Of(target_MW, scores_MW);
        var entropy = -(target_MW * target_MW.clamp_min(1e-38).log()).sum().ToDouble();
        var share = Math.Exp(-3 * mean);
        var refusal = 1 - mean;
        var distance = (loss_M.sum().ToDouble() - ((1 - share) * refusal * masked.shape[0])) / share;

        Near.Assert(loss_M, byRows_M, 1e-5, "The share of the rows of a call");
        Near.Assert(file.Load("specforge.step_cross_entropy").ToDouble(), (distance + entropy) / target_NW.shape[0], 1e-5, "The cross-entropy within");
        Near.Assert(file.Load("specforge.lk_lambda").ToDouble(), (share * (distance + entropy) / target_NW.shape[0]) + ((1 - share) * refusal), 1e-5, "SpecForge's loss");
    }

    private static Tensor HybridSlope(Tensor overlap, Tensor target_NW, Tensor scores_NW, Tensor direction_NW)
    {
        var share_N = (-3 * overlap).exp();
        Tensor Slope(Objective part) =>
            (ObjectiveCatalog.Of(part).Of(target_NW, scores_NW + (direction_NW * 1e-2)).Loss_N - ObjectiveCatalog.Of(part).Of(target_NW, scores_NW - (direction_NW * 1e-2)).Loss_N) / 2e-2;
        return (share_N * Slope(Objective.Kl)) + ((1 - share_N) * Slope(Objective.TotalVariation));
    }

    /// <summary>The one that the repository carries: it is there on every machine.</summary>
    private static SafetensorsFile Reference() => SafetensorsFile.Open(Path.Combine(DraftCase.Named("losses").First(), "io.safetensors"));
}
