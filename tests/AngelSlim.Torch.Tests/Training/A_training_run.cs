using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Torch.Tests.Drafts;
using AngelSlim.Torch.Training;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Training;

public sealed class A_training_run : IDisposable
{
    private static readonly TrainingSettings Settings = new() { Steps = 9, Unroll = 2, CheckpointEvery = 2, EvaluateEvery = 3, WarmupSteps = 2 };

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Writes_a_line_per_step_and_per_evaluation_and_reports_them()
    {
        var (events, _) = Run("whole", stopAt: null);
        var curve = File.ReadAllLines(Path.Combine(_folder, "whole", "curve.csv"));
        var heldout = File.ReadAllLines(Path.Combine(_folder, "whole", "heldout.csv"));

        Assert.Equal("step,row,tokens,masked,counted_0,counted_1,loss,loss_0,loss_1,acc_0,acc_1,grad_norm,lr", curve[0]);
        Assert.Equal(Enumerable.Range(1, 9).Select(step => $"{step}"), curve[1..].Select(line => line.Split(',')[0]));
        Assert.Equal(["3", "6", "9"], heldout[1..].Select(line => line.Split(',')[0]));
        Assert.Equal(9, events.OfType<Measured>().Count(measured => measured.Name is "loss"));
        Assert.All(events.OfType<Measured>().Where(measured => measured.Name is "heldout.acceptanceLength"), measured => Assert.InRange(measured.Value, 1, 3));
        Assert.Equal(new Progressed(9, 9, "steps").Done, events.OfType<Progressed>().Last().Done);
        Assert.Contains("tokens/s", events.OfType<Progressed>().Last().Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void Ends_with_the_same_bytes_when_it_was_interrupted(int stopAt)
    {
        var (_, whole) = Run("whole", stopAt: null);
        Assert.Throws<OperationCanceledException>(() => Run("stopped", stopAt));
        var (events, resumed) = Run("stopped", stopAt: null);

        Assert.Equal(9 - stopAt, events.OfType<Progressed>().Count());
        Assert.Equal(whole, resumed);
        foreach (var file in new[] { "curve.csv", "heldout.csv" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole", file)), File.ReadAllBytes(Path.Combine(_folder, "stopped", file)));
        }
    }

    [Fact]
    public void Forgets_what_a_kill_left_behind_its_checkpoint()
    {
        var (_, whole) = Run("whole", stopAt: null);
        Assert.Throws<OperationCanceledException>(() => Run("killed", stopAt: 4));

        // Two further lines and half a third, as if the process had died at step 7.
        var path = Path.Combine(_folder, "killed", "curve.csv");
        var lines = File.ReadAllLines(Path.Combine(_folder, "whole", "curve.csv"));
        File.AppendAllText(path, string.Join('\n', lines[5], lines[6], lines[7][..9]));
        var (_, resumed) = Run("killed", stopAt: null);

        Assert.Equal(whole, resumed);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole", "curve.csv")), File.ReadAllBytes(path));
    }

    [Fact]
    public void Stops_between_two_rows_while_it_judges_held_out_ones()
    {
        Assert.Throws<OperationCanceledException>(() => Run("stopped", stopAt: 3));

        Assert.Single(File.ReadAllLines(Path.Combine(_folder, "stopped", "heldout.csv")));
    }

    /// <summary>Step 6 has a checkpoint and held-out figures.</summary>
    [Fact]
    public void Takes_no_step_again_when_it_dies_while_it_judges_held_out_rows()
    {
        var (_, whole) = Run("whole", stopAt: null);
        Assert.Throws<IOException>(() => Run("killed", stopAt: null, dieAt: 6));
        var heldout = Path.Combine(_folder, "killed", "heldout.csv");
        File.WriteAllLines(heldout, File.ReadAllLines(heldout)[..2]);
        var (events, resumed) = Run("killed", stopAt: null);

        Assert.Equal([7L, 8, 9], events.OfType<Progressed>().Select(progress => progress.Done));
        Assert.Equal(whole, resumed);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole", "heldout.csv")), File.ReadAllBytes(heldout));
    }

    private (List<RunEvent> Events, float[] Weights) Run(string name, int? stopAt, int? dieAt = null)
    {
        using var scope = NewDisposeScope();
        using var stop = new CancellationTokenSource();
        using var draft = Tiny.Draft(Tiny.Config);
        var order = new RowOrder(4, batchRows: 1, seed: 3);
        var task = new TrainingTask(draft, Tiny.Head(Tiny.Config), Tiny.Rows(Tiny.Config, 20, 31, 12, 25), order.At, Settings.Steps!.Value)
        {
            Heldout = Tiny.Rows(Tiny.Config, 18, 22),
            Scratch = _folder,
        };
        var events = new List<RunEvent>();
        void Report(RunEvent happened)
        {
            events.Add(happened);
            if (happened is Measured { Name: "heldout.loss", Step: var step } && step == dieAt)
            {
                throw new IOException("as if the process had died here");
            }

            if (happened is Progressed progressed && progressed.Done == stopAt)
            {
                stop.Cancel();
            }
        }

        var output = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        var scratch = Directory.CreateDirectory(Path.Combine(_folder, name + ".scratch")).FullName;
        using var trainer = new Trainer(task, Settings);
        new TrainingRun(trainer, Settings, new(output, scratch, null!, Report, stop.Token), new Snapshots(scratch, draft, Settings, "heldout")).Finish();
        return (events, [.. draft.Weights.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.detach().data<float>().ToArray())]);
    }
}
