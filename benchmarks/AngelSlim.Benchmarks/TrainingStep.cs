using System.Diagnostics;
using System.Globalization;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>A whole training step, unroll, loss, backward and AdamW, against what its matrix products alone would take at the processor's peak.</summary>
/// <remarks>Processor time of one thread; the peak is that of a 2048³ product in the same process, before and after. Memory is the high-water mark of the resident set above its level between two steps: weights, embedding and what the optimiser keeps are in the level.</remarks>
internal sealed class TrainingStep
{
    private const int Peak = 2048;
    private const int HeadChannels = 64;
    private const int FeedForward = 3;
    private const double Deviation = 0.02;

    private readonly DraftConfig _config;
    private readonly TrainingSettings _settings;
    private readonly ScalarType _type;
    private readonly int _tokens;
    private readonly bool _recompute;

    private TrainingStep(Options options)
    {
        var width = options.Number("width") ?? 1024;
        _tokens = options.Number("tokens") ?? 1024;
        _recompute = options.Find("recompute") is "always";
        _settings = new TrainingSettings
        {
            Unroll = options.Number("unroll") ?? 7,
            Dtype = options.Find("dtype") is "bfloat16" ? Dtype.Bfloat16 : Dtype.Float32,
            Optimizer = OptimizerKind.Adamw,
            Schedule = Schedule.Constant,
            LearningRate = 1e-4,
            Gate = Gate.Next,
            TokensAtOnce = options.Number("at-once") ?? 1 << 20,
        };
        _type = ElementType.Of(_settings.Dtype).Scalar;
        _config = new DraftConfig
        {
            Width = width,
            TargetWidth = width,
            Heads = width / HeadChannels,
            KeyHeads = Math.Max(1, width / HeadChannels / 4),
            HeadChannels = HeadChannels,
            MlpWidth = FeedForward * width,
            NormEpsilon = 1e-6,
            TargetWords = options.Number("target-words") ?? 151_936,
            DraftWords = options.Number("words") ?? 32_000,
            HiddenLayers = [1, 3, 4],
            Rope = new PlainRope(1e6),
            MaxPositions = 1 << 15,
        };
    }

    /// <summary>Takes <c>[--memory given-back] [--recompute always] [--tokens 1024] [--dtype bfloat16] [--rounds 3] [--steps N]</c> and sizes; with steps, watches the memory of so many instead of timing a few.</summary>
    public static int Run(Options options)
    {
        set_num_threads(1);
        if (options.Find("memory") is not "given-back")
        {
            TensorMemory.Keep();
        }

        using var scope = NewDisposeScope();
        var step = new TrainingStep(options);
        if (options.Number("steps") is { } steps)
        {
            step.Watch(steps);
        }
        else
        {
            step.Time(options.Number("rounds") ?? 3);
        }

        return 0;
    }

    private void Time(int rounds)
    {
        using var trainer = Trainer(rounds + 1);
        var before = Rate();

        // The first step makes what the optimiser keeps; what the others need beyond that is what grows with the text.
        var first = trainer.Next();
        TensorMemory.GiveBack();
        File.WriteAllText("/proc/self/clear_refs", "5");
        var level = Resident("VmRSS");
        var seconds = Enumerable.Range(0, rounds).Min(_ => Seconds(() => trainer.Next()));
        var (high, rate) = (Resident("VmHWM"), Math.Max(before, Rate()));
        var floor = Work(first.Figures.Steps[0].Counted) / rate;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_settings.Dtype}, T {_tokens}, {first.Figures.Steps[0].Counted} rows counted: {seconds:F2} s; {Work(first.Figures.Steps[0].Counted):F0} GFLOP at {rate:F0} GFLOP/s are {floor:F2} s, {floor / seconds:P0}; memory +{(high - level) / 1e6:F0} MB over {level / 1e6:F0} MB"));
    }

    private void Watch(int steps)
    {
        using var trainer = Trainer(steps);
        var marks = new List<string>();
        while (trainer.Taken < steps)
        {
            trainer.Next();
            if (trainer.Taken is 20 or 50 || trainer.Taken % 100 is 0)
            {
                marks.Add(string.Create(CultureInfo.InvariantCulture, $"{trainer.Taken}: {Resident("VmRSS") / 1e6:F0} MB"));
            }
        }

        Console.WriteLine(string.Join(", ", marks));
    }

    private Trainer Trainer(int steps)
    {
        var weights = FirstWeights.Draw(_config, Deviation, seed: 1);
        foreach (var weight in weights.Values)
        {
            weight.requires_grad_();
        }

        var every = _config.TargetWords / _config.DraftWords;
        var words = new DraftVocabulary([.. Enumerable.Range(0, _config.DraftWords).Select(word => (long)word * every)], _config.TargetWords);
        var table_VD = randn([_config.TargetWords, _config.TargetWidth], _type).MultiplyInPlace(Deviation);
        var draft = new Eagle3Draft(_config, weights, words, table_VD);
        return new(new TrainingTask(draft, table_VD, new OneText(Batch(table_VD, every)), _ => [0], steps) { Scratch = Path.GetTempPath(), Recompute = _recompute }, _settings);
    }

    /// <summary>A target that always chooses a draft word, and half of whose tokens are answers.</summary>
    private FeatureBatch Batch(Tensor table_VD, int every)
    {
        var ids_BT = randint(0, _config.DraftWords, [1, _tokens], int64).mul(every);
        var last_BTD = table_VD.index_select(0, ids_BT[0]).unsqueeze(0).MultiplyInPlace(50);
        var mask_BT = Arithmetic.Integers(0, _tokens).remainder(_tokens / 4).ge(_tokens / 8).unsqueeze(0);
        return new(ids_BT, mask_BT, randn([1, _tokens, 3L * _config.TargetWidth], _type), last_BTD, Arithmetic.Integers(0, _tokens).view(1, 1, -1), new([_tokens]));
    }

    /// <summary>What the mathematics needs, in GFLOP: products and useful half of attention.</summary>
    private double Work(long counted)
    {
        double width = _config.Width, all = _config.Heads * _config.HeadChannels, keys = _config.KeyHeads * _config.HeadChannels;
        var layer = (2 * width * (all + (2 * keys))) + (all * width) + (3 * width * _config.MlpWidth);
        var attention = _tokens / 2.0 * all;
        var perToken = (2 * 3 * width * width) + (3 * _settings.Unroll * layer) + (6 * _settings.Unroll * attention);
        var perRow = (3 * _settings.Unroll * _config.DraftWords * width) + (_config.TargetWords * width);
        return 2e-9 * ((perToken * _tokens) + (perRow * counted));
    }

    private double Rate()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn([Peak, Peak], _type), randn([Peak, Peak], _type));
        mm(a, b);
        var seconds = Enumerable.Range(0, 5).Min(_ => Seconds(() => mm(a, b).Dispose()));
        return 2e-9 * Peak * Peak * Peak / seconds;
    }

    private static double Seconds(Action action)
    {
        var start = Process.GetCurrentProcess().TotalProcessorTime;
        action();
        return (Process.GetCurrentProcess().TotalProcessorTime - start).TotalSeconds;
    }

    private static double Resident(string name) =>
        double.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^2], CultureInfo.InvariantCulture) * 1024;

    private sealed class OneText(FeatureBatch batch) : IFeatureSource
    {
        public int Count => 1;

        public string IdOf(int row) => "text";

        public int LengthOf(int row) => batch.Documents.Tokens;

        public FeatureBatch Read(IReadOnlyList<int> rows) => batch;
    }
}
