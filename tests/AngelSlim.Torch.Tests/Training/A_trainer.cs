using System.Diagnostics;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Testing;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Tests.Drafts;
using AngelSlim.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Training;

public sealed class A_trainer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private static readonly TrainingSettings AngelSlims = new()
    {
        Compatibility = Compatibility.Angelslim,
        Optimizer = OptimizerKind.Adamw,
        LearningRate = 1e-2,
        Schedule = Schedule.Constant,
        WarmupSteps = 0,
        WeightDecay = 0,
        Unroll = 7,
        StepDecay = 0.8,
    };

    private static readonly TrainingSettings Ours = AngelSlims with
    {
        Compatibility = Compatibility.None,
        Gate = Gate.Next,
        Normalizer = Normalizer.Counted,
        Schedule = Schedule.Cosine,
        WarmupSteps = 3,
        WeightDecay = 0.1,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Makes_the_updates_that_AngelSlims_trainer_makes() => Assert.Equal(3, Compare("train-compat", AngelSlims, DraftRope.Angelslim).Length);

    [Fact]
    public void Makes_the_updates_that_the_formulas_give() => Assert.Equal(3, Compare("train-ours", Ours, DraftRope.Target).Length);

    [Fact]
    public void Is_in_the_documentation_with_what_was_measured() => FidelityPage.Matches(
        "Training steps",
        "Ten updates of a tiny draft on two batches in turn: *train-compat* beside AngelSlim's own trainer (Hugging Face's `Trainer`, AdamW), *train-ours* beside a plain implementation of this tool's conventions (warm-up and cosine, weight decay, divided by the counted rows). Adam moves a weight whose gradient is only rounding as far as any other, so weights part sooner than losses.",
        [.. Compare("train-compat", AngelSlims, DraftRope.Angelslim), .. Compare("train-ours", Ours, DraftRope.Target)]);

    [Fact]
    public void Stays_as_large_as_it_was()
    {
        using var scope = NewDisposeScope();
        using var draft = Tiny.Draft(Tiny.Config with { NormBeforeFc = true, NormOutput = true });
        var rows = Tiny.Rows(draft.Config, 150, 90, 40);
        var settings = new TrainingSettings { Steps = 320, Unroll = 4 };
        using var trainer = new Trainer(Task(draft, rows, settings.Steps.Value, step => [step % 3]), settings);
        (long Tensors, long Megabytes) After(int steps)
        {
            while (trainer.Taken < steps)
            {
                trainer.Next();
            }

            using var process = Process.GetCurrentProcess();
            return (Tensor.TotalCount, process.WorkingSet64 >> 20);
        }

        var early = After(20);
        var late = After(320);

        // Fewer where finalizers caught up with what tests before this one left behind.
        Assert.InRange(late.Tensors, 0, early.Tensors);
        Assert.InRange(late.Megabytes - early.Megabytes, -1000, 30);
    }

    [Theory]
    [InlineData(Dtype.Float32, false)]
    [InlineData(Dtype.Float32, true)]
    [InlineData(Dtype.Bfloat16, false)]
    public void Changes_no_bit_when_it_takes_steps_again_instead_of_keeping_them(Dtype dtype, bool normed)
    {
        using var scope = NewDisposeScope();
        var config = Tiny.Config with { NormBeforeFc = normed, NormOutput = normed };
        var rows = Tiny.Rows(config, 20, 31, 12);

        // Two parts a step: gradients are added to those of the part before.
        var settings = new TrainingSettings { Steps = 3, Unroll = 5, Dtype = dtype, TokensAtOnce = 40 };
        (IReadOnlyList<StepReport> Reports, IReadOnlyList<float[]> Weights) Trained(bool again)
        {
            using var draft = Tiny.Draft(config);
            using var trainer = new Trainer(Task(draft, rows, 3, _ => [0, 1, 2]) with { Recompute = again }, settings);
            return ([.. Enumerable.Range(0, 3).Select(_ => trainer.Next())], [.. draft.Weights.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.data<float>().ToArray())]);
        }

        var (kept, again) = (Trained(again: false), Trained(again: true));
        Assert.Equal(kept.Reports.Select(report => (report.Loss, report.GradientNorm)), again.Reports.Select(report => (report.Loss, report.GradientNorm)));
        Assert.Equal(kept.Weights, again.Weights);
    }

    [Theory]
    [InlineData(OptimizerKind.Adamw, 1)]
    [InlineData(OptimizerKind.Muon, 4)]
    public void Goes_on_from_a_checkpoint_as_if_it_had_never_stopped(OptimizerKind optimizer, int stop)
    {
        using var scope = NewDisposeScope();
        var settings = new TrainingSettings { Steps = 7, Unroll = 3, Optimizer = optimizer, WarmupSteps = 2 };
        var order = new RowOrder(3, batchRows: 2, seed: 8);
        using var whole = Tiny.Draft(Tiny.Config);
        var rows = Tiny.Rows(Tiny.Config, 20, 31, 12);
        using var straight = new Trainer(Task(whole, rows, 7, order.At), settings);
        var reports = Enumerable.Range(0, 7).Select(_ => straight.Next()).ToList();

        using (var draft = Tiny.Draft(Tiny.Config))
        using (var first = new Trainer(Task(draft, rows, 7, order.At), settings))
        {
            Enumerable.Range(0, stop).ToList().ForEach(_ => first.Next());
            Checkpoint.Save(_folder, first);
        }

        using var resumed = Tiny.Draft(Tiny.Config, seed: 99);
        using var second = new Trainer(Task(resumed, rows, 7, order.At), settings);
        Checkpoint.Restore(_folder, second);
        var rest = Enumerable.Range(stop, 7 - stop).Select(_ => second.Next()).ToList();

        Assert.Equal(reports[stop..].Select(report => (report.Step, report.Loss, report.GradientNorm)), rest.Select(report => (report.Step, report.Loss, report.GradientNorm)));
        Assert.All(straight.State.Zip(second.State), pair => Assert.Equal(pair.First.Value.data<float>().ToArray(), pair.Second.Value.data<float>().ToArray()));
    }

    [Fact]
    public void Learns_from_every_token_under_the_all_gate_and_from_no_padding()
    {
        using var scope = NewDisposeScope();
        var settings = new TrainingSettings { Unroll = 2, Gate = Gate.All };
        double Sum(params int[] rows)
        {
            using var draft = Tiny.Draft(Tiny.Config);
            using var trainer = new Trainer(Task(draft, Tiny.Rows(Tiny.Config, 20, 31), 1, _ => rows), settings);
            var steps = trainer.Next().Figures.Steps;

            // From every token but the last, with a token behind it; one less at every further step.
            Assert.Equal([rows.Sum(row => (row is 0 ? 20 : 31) - 2), rows.Sum(row => (row is 0 ? 20 : 31) - 3)], steps.Select(step => step.Gated));
            return steps.Sum(step => step.Sum);
        }

        Near.Assert(Sum(0) + Sum(1), Sum(0, 1), 1e-6, "sum");
    }

    [Theory]
    [InlineData(Normalizer.Counted)]
    [InlineData(Normalizer.Positions)]
    public void Takes_the_same_step_when_memory_lets_it_take_only_a_part_at_once(Normalizer normalizer)
    {
        using var scope = NewDisposeScope();
        (StepReport Report, Dictionary<string, Tensor> Weights) After(int tokensAtOnce)
        {
            using var draft = Tiny.Draft(Tiny.Config);
            var settings = new TrainingSettings { Unroll = 3, Normalizer = normalizer, TokensAtOnce = tokensAtOnce, Optimizer = OptimizerKind.Adamw, Schedule = Schedule.Constant, WarmupSteps = 0, LearningRate = 1e-3 };
            using var trainer = new Trainer(Task(draft, Tiny.Rows(Tiny.Config, 20, 31, 12, 25, 40), 1, _ => [0, 1, 2, 3, 4]), settings);
            return (trainer.Next(), draft.Weights.ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone()));
        }

        var (whole, expected) = After(4096);
        foreach (var tokens in new[] { 16, 40, 64 })
        {
            var (parts, weights) = After(tokens);
            Assert.Equal((whole.Tokens, whole.Masked, whole.Divisor), (parts.Tokens, parts.Masked, parts.Divisor));
            Near.Assert(whole.Loss, parts.Loss, 1e-6, "loss");
            Near.Assert(whole.GradientNorm, parts.GradientNorm, 1e-5, "gradient norm");
            Assert.All(expected, pair => Near.Assert(pair.Value, weights[pair.Key], 1e-4, pair.Key));
        }

        Assert.Equal(normalizer is Normalizer.Positions ? 5 * 40 : whole.Figures.Steps[0].Counted, whole.Divisor);
    }

    [Fact]
    public void Computes_in_bfloat16_and_keeps_float32_weights()
    {
        using var scope = NewDisposeScope();
        (StepReport Report, Dictionary<string, Tensor> Moved) Step(Dtype type)
        {
            using var draft = Tiny.Draft(Tiny.Config with { NormBeforeFc = true, NormOutput = true });
            var before = draft.Weights.ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
            var settings = new TrainingSettings { Unroll = 3, Dtype = type, Optimizer = OptimizerKind.Muon, Schedule = Schedule.Constant, WarmupSteps = 0, LearningRate = 1e-3, WeightDecay = 0 };
            using var trainer = new Trainer(Task(draft, Tiny.Rows(draft.Config, 60, 80), 1, _ => [0, 1]), settings);
            var report = trainer.Next();
            Assert.All(draft.Weights.Values, weight => Assert.Equal(float32, weight.dtype));
            return (report, draft.Weights.ToDictionary(pair => pair.Key, pair => pair.Value.detach() - before[pair.Key]));
        }

        var (wide, expected) = Step(Dtype.Float32);
        var (narrow, moved) = Step(Dtype.Bfloat16);
        Assert.NotEqual(wide.Loss, narrow.Loss);
        Near.Assert(wide.Loss, narrow.Loss, 5e-3, "loss");
        Near.Assert(wide.GradientNorm, narrow.GradientNorm, 2e-2, "gradient norm");

        // Every weight moves the same way; by how much is the optimiser's business.
        Assert.All(expected, pair => Assert.InRange(nn.functional.cosine_similarity(pair.Value.flatten(), moved[pair.Key].flatten(), 0).ToDouble(), 0.97, 1.001));
    }

    [Fact]
    [Provokes(ProblemCode.Diverged)]
    public void Stops_before_the_update_when_a_number_is_not_finite_and_keeps_the_batch()
    {
        using var scope = NewDisposeScope();
        using var draft = Tiny.Draft(Tiny.Config);
        var row = Tiny.Rows(Tiny.Config, 20).Read([0]);
        row.Aux_BTE[0, 3, 0] = float.NaN;
        using var trainer = new Trainer(Task(draft, new RowsInMemory([row]), 5, _ => [0]), new TrainingSettings { Unroll = 2 });
        var before = draft.Weights.ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());

        var stopped = Assert.Throws<DataException>(trainer.Next);

        Assert.Equal(ProblemCode.Diverged, stopped.Problem.Code);
        Assert.Contains("step 1", stopped.Message, StringComparison.Ordinal);
        Assert.Contains("row-0", stopped.Message, StringComparison.Ordinal);
        Assert.All(draft.Weights, pair => Assert.Equal(before[pair.Key].data<float>().ToArray(), pair.Value.data<float>().ToArray()));
        using var kept = SafetensorsFile.Open(Path.Combine(_folder, "diverged.safetensors"));
        Assert.Equal(row.Ids_BT.data<long>().ToArray(), kept.Load("ids").data<long>().ToArray());
    }

    [Fact]
    public void Trains_every_weight_but_a_frozen_head()
    {
        using var scope = NewDisposeScope();
        using var draft = Tiny.Draft(Tiny.Config with { FcNorm = true });
        draft.Head_WD.requires_grad_(false);
        using var trainer = new Trainer(Task(draft, Tiny.Rows(draft.Config, 30), 1, _ => [0]), new TrainingSettings { Unroll = 2, Schedule = Schedule.Constant });
        var before = draft.Weights.ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
        trainer.Next();

        Assert.Equal(
            [DraftWeights.Head],
            draft.Weights.Where(pair => pair.Value.detach().allclose(before[pair.Key], rtol: 0, atol: 0)).Select(pair => pair.Key));
    }

    private TrainingTask Task(Eagle3Draft draft, IFeatureSource rows, int steps, Func<int, IReadOnlyList<int>> order) =>
        new(draft, Tiny.Head(draft.Config), rows, order, steps) { Scratch = _folder };

    private FidelityRow[] Compare(string name, TrainingSettings settings, DraftRope rope)
    {
        using var scope = NewDisposeScope();
        using var given = new DraftCase(DraftCase.Named(name).First(), rope);
        var io = given.File("io");
        var task = new TrainingTask(given.Draft, eye(80), new RowsInMemory([Batch(io, "batch0."), Batch(io, "batch1.")]), step => [step % 2], Steps: 10) { Scratch = _folder };
        using var trainer = new Trainer(task, settings);
        var (losses, weights, moments) = (new Nearness("loss and gradient norm of each step", 1e-4), new Nearness("weights after 1 and 10 updates", 1e-3), new Nearness("moments after 10 updates", 1e-3));
        for (var step = 0; step < 10; step++)
        {
            var report = trainer.Next();
            losses.Compare(io.Load("loss")[step].ToDouble(), report.Loss, $"loss of step {step}");
            losses.Compare(io.Load("norm")[step].ToDouble(), report.GradientNorm, $"gradient norm of step {step}");
            Near.Assert(io.Load("rate")[step].ToDouble(), report.Rate, 1e-6, $"rate of step {step}");
            if (step is 0 or 9)
            {
                Assert.All(given.Draft.Weights, pair => weights.Compare(io.Load($"after{step + 1}.{pair.Key}"), pair.Value, $"{pair.Key} after {step + 1}"));
            }
        }

        var state = trainer.State.ToDictionary();
        foreach (var weight in new[] { "fc.weight", "norm.weight" })
        {
            moments.Compare(io.Load($"adam1.{weight}"), state[$"adamw.first.{weight}"], $"first moment of {weight}");
            moments.Compare(io.Load($"adam2.{weight}"), state[$"adamw.second.{weight}"], $"second moment of {weight}");
        }

        return [.. new[] { losses, weights, moments }.Select(group => group.Row(name is "train-compat" ? "AngelSlim" : "ours", name))];
    }

    /// <summary>Target scores stand in for last states: the target's head is the identity.</summary>
    private static FeatureBatch Batch(SafetensorsFile io, string name)
    {
        var ids_BT = io.Load(name + "input_ids");
        return new(
            ids_BT, io.Load(name + "loss_mask").to(@bool), io.Load(name + "aux"), io.Load(name + "target_logits"),
            arange(ids_BT.shape[1]).expand(1, ids_BT.shape[0], -1), Documents.Rows(ids_BT));
    }
}
