using System.Globalization;
using System.Text;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Stages;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Tests.Targets;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

public sealed class Training_a_draft : IDisposable
{
    private static readonly TensorRuntime Runtime = new("", Threads: 1);

    private static readonly TrainSettings Settings = new()
    {
        Dtype = Dtype.Float32,
        Draft = new() { InitialDeviation = 0.1, FreezeHead = false },
        Training = new() { Epochs = 3, BatchRows = 2, Unroll = 3, WarmupSteps = 2, CheckpointEvery = 2, EvaluateEvery = 4, WeightDecay = 0.1, StepDecay = 0.8, Gate = Gate.Exact, LearningRate = 1e-3 },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly TokenRows _rows;
    private readonly DraftWords _words;
    private TargetFolder _target;

    public static TheoryData<string> Families => TinyTarget.Families;

    public Training_a_draft()
    {
        _target = TinyTarget.TargetFolder(new Qwen3());
        _rows = new(Directory.CreateDirectory(At("rows")).FullName);
        _words = new(_rows.Folder);
        Write(_rows.Train, [11, 25, 8, 17, 30]);
        Write(_rows.Heldout, [14, 9]);
        new DraftWordList([.. Enumerable.Range(0, TinyTarget.Words).Where(word => word % 2 is 0)], 1, TinyTarget.Words).Write(_words.File);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_target.Folder, recursive: true);
    }

    [Theory]
    [InlineData(Dtype.Float32)]
    [InlineData(Dtype.Bfloat16)]
    public void Gives_the_same_bytes_from_captured_states_as_with_the_target_at_work(Dtype dtype)
    {
        var features = new Features(Directory.CreateDirectory(At("features")).FullName);
        Run(new CaptureStage(Runtime), new CaptureSettings { Dtype = dtype, HiddenLayers = null }, new CaptureInputs(_target, _rows), features.Folder);
        var settings = Settings with { Dtype = dtype };
        Train("live", settings);
        Train("stored", settings, features);

        AssertSameFiles("live", "stored");
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Ends_with_the_same_bytes_when_it_was_interrupted_at_every_step(string family)
    {
        _target = TinyTarget.TargetFolder(TinyTarget.Family(family));
        Train("whole", Settings);
        for (var step = 1; step <= 9; step++)
        {
            Assert.Throws<OperationCanceledException>(() => Train("stopped", Settings, stopAt: step));
            Assert.False(File.Exists(Path.Combine(At("stopped"), "draft.safetensors")));
        }

        Assert.Empty(Train("stopped", Settings).OfType<Progressed>());
        AssertSameFiles("whole", "stopped");
    }

    /// <remarks>At a rate like this one a draft gets better, worse and better again.</remarks>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public void Keeps_the_draft_that_held_out_rows_liked_best_and_those_next_to_it(int stopAt)
    {
        var training = Settings.Training with { EvaluateEvery = 1, LearningRate = 0.05, Keep = KeptStep.Best, Snapshots = 3 };
        Train("best", Settings with { Training = training });
        Assert.Throws<OperationCanceledException>(() => Train("stopped", Settings with { Training = training }, stopAt: stopAt));
        Train("stopped", Settings with { Training = training });
        AssertSameFiles("best", "stopped");

        var lengths = File.ReadLines(Path.Combine(At("best"), "heldout.csv")).Skip(1).Select(line => line.Split(',')).ToDictionary(cells => int.Parse(cells[0], CultureInfo.InvariantCulture), cells => double.Parse(cells[2], CultureInfo.InvariantCulture));
        var best = lengths.OrderByDescending(line => line.Value).ThenBy(line => line.Key).Select(line => line.Key).Take(3).ToList();
        Assert.NotEqual(9, best[0]);
        foreach (var name in new[] { "best", "stopped" })
        {
            var kept = Directory.GetDirectories(Path.Combine(At(name), "snapshots")).Select(folder => int.Parse(Path.GetFileName(folder)["step-".Length..], CultureInfo.InvariantCulture));
            Assert.Equal(best.Order(), kept.Order());
            Assert.Equal(File.ReadAllBytes(Path.Combine(At(name), "snapshots", $"step-{best[0]}", "draft.safetensors")), File.ReadAllBytes(Path.Combine(At(name), "draft.safetensors")));
        }

        // Trained to that step and no further, on the same schedule, it is the same draft.
        Train("all", Settings with { Training = training with { Keep = KeptStep.Last, Snapshots = 9 } });
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(At("all"), "snapshots", $"step-{best[0]}", "draft.safetensors")),
            File.ReadAllBytes(Path.Combine(At("best"), "draft.safetensors")));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(At("all"), "snapshots", "step-9", "draft.safetensors")),
            File.ReadAllBytes(Path.Combine(At("all"), "draft.safetensors")));
    }

    [Fact]
    public void Stops_when_held_out_rows_have_not_liked_it_better_for_long_enough()
    {
        var training = Settings.Training with { EvaluateEvery = 1, LearningRate = 0.05, Patience = 2, Epochs = 30 };
        Train("patient", Settings with { Training = training });
        var lengths = File.ReadLines(Path.Combine(At("patient"), "heldout.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[2], CultureInfo.InvariantCulture)).ToList();
        Assert.InRange(lengths.Count, 3, 89);
        Assert.Equal(lengths.Count - 3, lengths.IndexOf(lengths.Max()));
        Assert.Equal(lengths.Count + 1, File.ReadLines(Path.Combine(At("patient"), "curve.csv")).Count());
    }

    [Fact]
    public void Refuses_to_look_for_the_best_without_held_out_rows()
    {
        Write(_rows.Heldout, []);
        var refused = Assert.Throws<DataException>(() => Train("bad", Settings with { Training = Settings.Training with { Keep = KeptStep.Best } }));
        Assert.Equal(ProblemCode.NoRows, refused.Problem.Code);
        Assert.Contains("no row is held out to judge by", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Learns_rows_by_heart_when_it_sees_them_often()
    {
        Train("much", Settings with { Training = Settings.Training with { Epochs = 30, LearningRate = 1e-2, Schedule = Schedule.Constant } });
        var lines = File.ReadAllLines(Path.Combine(At("much"), "curve.csv")).Select(line => line.Split(',')).ToList();
        var column = Array.IndexOf(lines[0], "acc_0");
        double Accuracy(IEnumerable<string[]> steps) => steps.Average(cells => double.Parse(cells[column], CultureInfo.InvariantCulture));

        // Half of the words are unknown to the draft, and so count as wrong.
        Assert.InRange(Accuracy(lines[1..4]), 0, 0.1);
        Assert.InRange(Accuracy(lines[^3..]), 0.25, 0.7);
    }

    /// <summary>Other bytes need another version of the stage: a draft that was kept under the old one must not be taken for new.</summary>
    [Fact]
    public void Makes_what_its_version_stands_for()
    {
        using var scope = NewDisposeScope();
        Train("whole", Settings);
        var text = new StringBuilder(File.ReadAllText(Path.Combine(At("whole"), "draft.json")));
        using (var file = SafetensorsFile.Open(Path.Combine(At("whole"), "draft.safetensors")))
        {
            foreach (var (name, stored) in file.Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                // Rounded: the last bits differ between processors.
                text.AppendLine(CultureInfo.InvariantCulture, $"{name} {stored.Type.Name} [{string.Join(", ", stored.Shape)}] size {file.Load(name).to(float64).norm().ToDouble():f2}");
            }
        }

        foreach (var line in File.ReadLines(Path.Combine(At("whole"), "curve.csv")).Concat(File.ReadLines(Path.Combine(At("whole"), "heldout.csv"))))
        {
            text.AppendLine(string.Join(',', line.Split(',').Select(cell => cell.Contains('.', StringComparison.Ordinal)
                ? double.Parse(cell, CultureInfo.InvariantCulture).ToString("g3", CultureInfo.InvariantCulture)
                : cell)));
        }

        Golden.Matches($"train.v{((IStage)new TrainStage(Runtime)).Version}.txt", text.ToString());
    }

    [Fact]
    public void Refuses_words_of_another_target()
    {
        new DraftWordList([1, 2, 3], 1, TinyTarget.Words + 1).Write(_words.File);
        var refused = Assert.Throws<DataException>(() => Train("bad", Settings));

        Assert.Equal(ProblemCode.BadDraft, refused.Problem.Code);
        Assert.Contains("a target with 62 words, but this one has 61", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_to_train_on_nothing()
    {
        Write(_rows.Train, []);

        Assert.Equal(ProblemCode.NoRows, Assert.Throws<DataException>(() => Train("bad", Settings)).Problem.Code);
    }

    private static void Write(string path, IReadOnlyList<int> lengths)
    {
        var random = new Random(7);
        using var file = File.Create(path);
        foreach (var (length, row) in lengths.Select((length, row) => (length, row)))
        {
            TokenRowFile.Write(file, new(
                $"row {row}",
                [.. Enumerable.Range(0, length).Select(_ => random.Next(TinyTarget.Words))],
                [.. Enumerable.Range(0, length).Select(token => token >= 2)]));
        }
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void AssertSameFiles(string expected, string actual) =>
        Assert.All(["curve.csv", "draft.json", "draft.safetensors", "heldout.csv"], name =>
            Assert.Equal(File.ReadAllBytes(Path.Combine(At(expected), name)), File.ReadAllBytes(Path.Combine(At(actual), name))));

    private List<RunEvent> Train(string name, TrainSettings settings, Features? features = null, int? stopAt = null) =>
        Run(new TrainStage(Runtime), settings, new TrainInputs(_target, _rows, _words, features), Directory.CreateDirectory(At(name)).FullName, stopAt);

    private static List<RunEvent> Run(IStage stage, object settings, object inputs, string output, int? stopAt = null)
    {
        using var stop = new CancellationTokenSource();
        using var journal = Journal.Open(output + ".journal");
        var events = new List<RunEvent>();
        stage.Run(settings, inputs, new(output, Directory.CreateDirectory(output + ".scratch").FullName, journal, Report, stop.Token));
        return events;

        void Report(RunEvent happened)
        {
            events.Add(happened);
            if (happened is Progressed { Done: var done } && done == stopAt)
            {
                stop.Cancel();
            }
        }
    }
}
