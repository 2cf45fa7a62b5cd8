using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Stages;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tests.Targets;
using Xunit;

namespace AngelSlim.Torch.Tests.Stages;

/// <summary>A folder in which features of the tiny target are captured.</summary>
internal sealed class CaptureFolder : IDisposable
{
    public static readonly IReadOnlyList<int> Usual = TargetModel.DefaultHiddenLayers(layers: 4);

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly TargetFolder _target = TinyTarget.TargetFolder(new Qwen3());

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_target.Folder, recursive: true);
    }

    public string Journal(string name) => Path.Combine(_folder, name + ".journal");

    public static void AssertSameFiles(string expected, string actual)
    {
        Assert.Equal(Names(expected), Names(actual));
        Assert.All(Names(expected), name => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name!)), File.ReadAllBytes(Path.Combine(actual, name!))));

        static IEnumerable<string?> Names(string folder) => Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
    }

    /// <summary>Random ids below the tiny target's vocabulary, every third one answered.</summary>
    public static List<TokenRow> Rows(IReadOnlyList<int> lengths)
    {
        var random = new Random(5);
        return [.. lengths.Select((length, row) => new TokenRow(
            $"row {row}",
            [.. Enumerable.Range(0, length).Select(_ => random.Next(TinyTarget.Words))],
            [.. Enumerable.Range(0, length).Select(token => token % 3 is 0)]))];
    }

    public string At(string name) => Path.Combine(_folder, name);

    public List<RunEvent> Capture(
        string name, IReadOnlyList<TokenRow> rows, IReadOnlyList<TokenRow> heldout, Dtype dtype = Dtype.Float32, int? stopAt = null, IReadOnlyList<int>? layers = null, TargetFolder? target = null)
    {
        var tokens = new TokenRows(At("rows"));
        Directory.CreateDirectory(tokens.Folder);
        Directory.CreateDirectory(At(name));
        Write(tokens.Train, rows);
        Write(tokens.Heldout, heldout);
        using var stop = new CancellationTokenSource();
        using var journal = Core.Stages.Journal.Open(Journal(name));
        var events = new List<RunEvent>();
        var context = new StageContext(At(name), At("scratch"), journal, Report, stop.Token);
        IStage stage = new CaptureStage(new TensorRuntime("", Threads: 1));
        stage.Run(new CaptureSettings { Dtype = dtype, HiddenLayers = layers }, new CaptureInputs(target ?? _target, tokens), context);
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

    private static void Write(string path, IReadOnlyList<TokenRow> rows)
    {
        using var file = File.Create(path);
        foreach (var row in rows)
        {
            TokenRowFile.Write(file, row);
        }
    }
}
