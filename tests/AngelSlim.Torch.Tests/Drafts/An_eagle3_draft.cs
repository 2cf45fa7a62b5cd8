using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Objectives;
using AngelSlim.Torch.Training;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts;

public sealed class An_eagle3_draft
{
    public static TheoryData<bool, bool, bool> Norms() => new()
    {
        { false, false, false },
        { true, false, true },
        { false, true, true },
        { false, true, false },
    };

    /// <summary>The one test that catches a wrong position, residual, norm, cache or mask: training and decoding are the same function.</summary>
    [Theory]
    [MemberData(nameof(Norms))]
    public void Drafts_a_chain_as_its_unroll_was_trained(bool normBeforeFc, bool fcNorm, bool normOutput)
    {
        using var scope = NewDisposeScope();
        var config = Tiny.Config with { NormBeforeFc = normBeforeFc, FcNorm = fcNorm, NormOutput = normOutput };
        using var draft = Tiny.Draft(config);
        AssertDraftsAsUnrolled(draft, Tiny.Rows(config, 20).Read([0]));
    }

    /// <summary>Column (t, k) of an unroll is what a chain of k tokens from row t gives.</summary>
    /// <param name="draft">Any.</param>
    /// <param name="row">One text of 20 tokens.</param>
    internal static void AssertDraftsAsUnrolled(Eagle3Draft draft, FeatureBatch row)
    {
        const int Unrolled = 4;
        using var frozen = no_grad();
        var unrolled = Unroll.Over(draft, row.Aux_BTE, row.Ids_BT, row.Positions_ABT, row.Documents, Unrolled);

        foreach (var t in new[] { 0, 1, 7, 15 })
        {
            // The chain that starts at row t: all rows up to t with the target's states, then one row after the other with the draft's own.
            using var cache = new KvCache(1);
            CachedAttention Seen(int rows) => new([new TextPart(cache, rows)]);
            var read_BTE = draft.Fuse(row.Aux_BTE[.., ..(t + 1)]);
            var step = draft.Step(new DraftState(read_BTE, row.Positions_ABT[.., .., ..(t + 1)], Seen(t + 1)), row.Ids_BT[.., 1..(t + 2)]);
            for (var k = 0; k < Unrolled; k++)
            {
                Near.Assert(unrolled[k].Normed_BTD[.., t], step.Normed_BTD[.., ^1], 5e-6, $"what the head reads at row {t}, step {k}");
                if (t + k + 2 < 20)
                {
                    step = draft.Step(step.Rows([step.Normed_BTD.shape[1] - 1]).State with { Attention = Seen(1) }, row.Ids_BT[.., (t + k + 2)..(t + k + 3)]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void Computes_texts_that_lie_end_to_end_as_if_they_were_alone(bool normBeforeFc, bool fcNorm, bool normOutput)
    {
        using var scope = NewDisposeScope();
        var config = Tiny.Config with { NormBeforeFc = normBeforeFc, FcNorm = fcNorm, NormOutput = normOutput };
        using var draft = Tiny.Draft(config);
        var rows = Tiny.Rows(config, 17, 9);
        var settings = new LossSettings(new CrossEntropy(), 0.8, Core.Manifests.Settings.Gate.Exact, Core.Manifests.Settings.Normalizer.Counted);

        UnrollLoss Judge(params int[] wanted)
        {
            var batch = rows.Read(wanted);
            var steps = Unroll.Over(draft, batch.Aux_BTE, batch.Ids_BT, batch.Positions_ABT, batch.Documents, 3);
            var teacher = new Teacher(batch.Last_BTD.flatten(0, 1), Tiny.Head(config), draft.Vocabulary);
            return BlockedLoss.Of([.. steps.Select(step => step.Normed_BTD)], draft.Head_WD, teacher, batch.Mask_BT, batch.Documents, settings);
        }

        var together = Judge(0, 1).Figures;
        var apart = Judge(0).Figures + Judge(1).Figures;
        for (var k = 0; k < 3; k++)
        {
            Near.Assert(apart.Steps[k].Sum, together.Steps[k].Sum, 1e-5, $"sum {k}");
            Assert.Equal(apart.Steps[k] with { Sum = 0 }, together.Steps[k] with { Sum = 0 });
        }
    }

    [Fact]
    public void Norms_the_joined_states_together_or_each_by_itself()
    {
        using var scope = NewDisposeScope();
        var aux_BTE = randn([1, 5, 96], generator: new Generator(3));
        Tensor Fused(DraftConfig config)
        {
            using var draft = Tiny.Draft(config);
            return draft.Fuse(aux_BTE).detach();
        }

        Tensor Unit(Tensor x) => x / (x.square().mean([-1], keepdim: true) + 1e-6).sqrt();
        using var joined = Tiny.Draft(Tiny.Config with { NormBeforeFc = true });
        Near.Assert(nn.functional.linear(Unit(aux_BTE) * joined.Weights["input_norm.weight"], joined.Weights["fc.weight"]), Fused(joined.Config), 1e-6, "normed together");

        using var each = Tiny.Draft(Tiny.Config with { FcNorm = true });
        var parts = aux_BTE.chunk(3, -1).Select((part, i) => Unit(part) * each.Weights[$"fc_norm.{i}.weight"]).ToArray();
        Near.Assert(nn.functional.linear(cat(parts, -1), each.Weights["fc.weight"]), Fused(each.Config), 1e-6, "normed each");
    }

    [Fact]
    public void Refuses_weights_of_another_form()
    {
        using var scope = NewDisposeScope();
        using var draft = Tiny.Draft(Tiny.Config);
        DataException Refused(Dictionary<string, Tensor> weights) =>
            Assert.Throws<DataException>(() => DraftWeights.Check(weights, Tiny.Config));

        Assert.Contains("'extra' is not a parameter", Refused(new(draft.Weights) { ["extra"] = zeros(1) }).Message, StringComparison.Ordinal);
        Assert.Contains("'norm.weight' should have shape [32] but has [31]", Refused(new(draft.Weights) { ["norm.weight"] = zeros(31) }).Message, StringComparison.Ordinal);
        Assert.Contains("'fc.weight', which is missing", Refused(draft.Weights.Where(pair => pair.Key != "fc.weight").ToDictionary()).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Ropes() => ["plain", "linear", "llama3", "yarn"];

    [Theory]
    [MemberData(nameof(Ropes))]
    public void Finds_its_form_again_in_the_file_that_it_writes(string rope)
    {
        var config = Tiny.Config with
        {
            NormBeforeFc = true,
            NormOutput = true,
            Rope = rope switch
            {
                "linear" => new LinearRope(5e4, 4),
                "llama3" => new Llama3Rope(5e5, 8, 1, 4, 128),
                "yarn" => new YarnRope(1e6, 4, 64, 1.2) { FastTurns = 16, WholePairs = false },
                _ => new PlainRope(1e5),
            },
        };
        var path = Path.GetTempFileName();
        DraftConfigFile.Write(path, config);
        var read = DraftConfigFile.Read(path, usualLayers: []);
        File.Delete(path);

        Assert.Equal(config.HiddenLayers, read.HiddenLayers);
        Assert.Equal(config with { HiddenLayers = [] }, read with { HiddenLayers = [] });
    }

    [Fact]
    public void Keeps_nothing_alive_but_its_result()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var draft = Tiny.Draft(Tiny.Config);
        var row = Tiny.Rows(Tiny.Config, 12).Read([0]);
        using var attention = new UnrolledAttention(row.Documents);
        var state = new DraftState(draft.Fuse(row.Aux_BTE), row.Positions_ABT, attention);
        var before = scope.DisposablesCount;
        draft.Step(state, row.Ids_BT);

        // The state, its positions, and what the head reads.
        Assert.Equal(before + 3, scope.DisposablesCount);
    }
}
