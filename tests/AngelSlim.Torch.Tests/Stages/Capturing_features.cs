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
using AngelSlim.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

public sealed class Capturing_features : IDisposable
{
    private static readonly IReadOnlyList<int> Usual = TargetModel.DefaultHiddenLayers(layers: 4);

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly TargetFolder _target;

    public static TheoryData<string, Dtype> FamiliesInBothTypes
    {
        get
        {
            var cases = new TheoryData<string, Dtype>();
            foreach (var family in TinyTarget.ModelTypes)
            {
                cases.Add(family, Dtype.Float32);
                cases.Add(family, Dtype.Bfloat16);
            }

            return cases;
        }
    }

    public Capturing_features() => _target = TinyTarget.TargetFolder(new Qwen3());

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_target.Folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(FamiliesInBothTypes))]
    public void Gives_what_the_running_target_gives_bit_for_bit(string family, Dtype dtype)
    {
        using var scope = NewDisposeScope();
        var folder = TinyTarget.WideFolder(TinyTarget.Family(family));
        var rows = Rows(lengths: [5, 1, 17, 8]);
        Capture("whole", rows, heldout: Rows(lengths: [4]), dtype, target: folder);
        var stored = StoredFeatures.Open(At("whole"), features => features.Train, Usual);
        var heldout = StoredFeatures.Open(At("whole"), features => features.Heldout, Usual);
        using var target = TargetModel.Load(folder.Folder, ElementType.Of(dtype).Scalar, CPU, TargetCatalog.For(folder));
        var live = new LiveFeatures(target, Usual, rows);

        Assert.Equal(4, stored.Count);
        Assert.Equal(1, heldout.Count);
        Assert.Equal(rows.Select(row => row.Id), Enumerable.Range(0, 4).Select(stored.IdOf));
        foreach (var chosen in new[] { new[] { 2 }, [0], [3, 1, 2], [1, 1] })
        {
            AssertSame(live.Read(chosen), stored.Read(chosen));

            // As held-out rows are read, where other kernels could compute.
            using var frozen = no_grad();
            AssertSame(live.Read(chosen), stored.Read(chosen));
        }
    }

    [Fact]
    public void Come_end_to_end_each_from_its_own_first_position()
    {
        using var scope = NewDisposeScope();
        var rows = Rows(lengths: [3, 5]);
        Capture("whole", rows, heldout: []);
        var stored = StoredFeatures.Open(At("whole"), features => features.Train, Usual);
        var batch = stored.Read([0, 1]);

        Assert.Equal([1L, 8, 72, 1, 8, 24], [.. batch.Aux_BTE.shape, .. batch.Last_BTD.shape]);
        Assert.Equal([3, 5], batch.Documents.Lengths);
        Assert.Equal([3, 5], new[] { 0, 1 }.Select(stored.LengthOf));
        Assert.Equal([.. rows[0].Ids.Concat(rows[1].Ids).Select(id => (long)id)], batch.Ids_BT[0].data<long>().ToArray());
        Assert.Equal([.. rows[0].Mask, .. rows[1].Mask], batch.Mask_BT[0].data<bool>().ToArray());
        Assert.Equal([0L, 1, 2, 0, 1, 2, 3, 4], batch.Positions_ABT[0, 0].data<long>().ToArray());
        Assert.True(stored.Read([1]).Aux_BTE[0].Equals(batch.Aux_BTE[0, 3..]));
    }

    /// <summary>
    /// A token of the tiny target has 4 states of 24 numbers, 389 bytes; so 21 rows of 1000 tokens fill a shard of 8 MiB.
    /// Stopped in the first, second and third shard, what is done stays each time.
    /// </summary>
    [Fact]
    public void Ends_with_the_same_bytes_when_it_was_interrupted()
    {
        var rows = Rows(lengths: [.. Enumerable.Repeat(1000, 60)]);
        Capture("whole", rows, heldout: Rows(lengths: [9]));
        Assert.Equal(4, Directory.GetFiles(At("whole"), "*.safetensors").Length);
        foreach (var stopAt in new[] { 5, 30, 50 })
        {
            Assert.Throws<OperationCanceledException>(() => Capture("stopped", rows, heldout: Rows(lengths: [9]), stopAt: stopAt));
            Assert.False(File.Exists(Path.Combine(At("stopped"), "features.json")));
        }

        // As a kill in the middle of a write leaves it.
        File.WriteAllText(Path.Combine(At("stopped"), "train-00003.safetensors.part"), "half");
        var events = Capture("stopped", rows, heldout: Rows(lengths: [9]));
        Assert.Equal(Enumerable.Range(43, 19).Select(row => (long)row), events.OfType<Progressed>().Select(progress => progress.Done));
        AssertSameFiles(At("whole"), At("stopped"));
    }

    [Fact]
    public void Are_captured_again_where_the_journal_outlived_a_file()
    {
        Capture("whole", Rows(lengths: [5, 9]), heldout: Rows(lengths: [4]));
        Capture("lost", Rows(lengths: [5, 9]), heldout: Rows(lengths: [4]));
        File.Delete(Path.Combine(At("lost"), "train-00001.safetensors"));
        using (var torn = File.OpenWrite(Path.Combine(At("lost"), "heldout-00001.safetensors")))
        {
            torn.SetLength(torn.Length / 2);
        }

        Capture("lost", Rows(lengths: [5, 9]), heldout: Rows(lengths: [4]));
        AssertSameFiles(At("whole"), At("lost"));
        Assert.Equal(2, File.ReadAllLines(Path.Combine(_folder, "lost.journal")).Length);
    }

    /// <summary>Other bytes need another version of the stage: features that were kept under the old one must not be taken for new.</summary>
    [Fact]
    public void Make_what_its_version_stands_for()
    {
        using var scope = NewDisposeScope();
        Capture("whole", Rows(lengths: [4, 2]), heldout: Rows(lengths: [1]));
        var text = new StringBuilder(File.ReadAllText(Path.Combine(At("whole"), "features.json")));
        foreach (var path in Directory.GetFiles(At("whole"), "*.safetensors").Order(StringComparer.Ordinal))
        {
            using var file = SafetensorsFile.Open(path);
            text.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}: rows {file.Metadata["rows"]}");
            foreach (var stored in file.Tensors.Values.OrderBy(stored => stored.Begin))
            {
                // Rounded: the last bits differ between processors.
                var values = file.Load(stored.Name).to(float64);
                text.AppendLine(CultureInfo.InvariantCulture, $"  {stored.Name} {stored.Type.Name} [{string.Join(", ", stored.Shape)}] sum {values.sum().ToDouble():f2} first {values.flatten()[0].ToDouble():f3}");
            }
        }

        Golden.Matches($"capture.v{((IStage)new CaptureStage(new TensorRuntime("", Threads: 1))).Version}.txt", text.ToString());
    }

    [Fact]
    public void Says_what_it_will_write_before_it_begins()
    {
        var said = Assert.IsType<Said>(Capture("whole", Rows(lengths: [1000, 1000]), heldout: [])[0]);
        Assert.Equal("2000 tokens at 389 bytes, 0.8 MB; 0.8 MB still to write.", said.Text);
    }

    [Fact]
    public void Stops_before_it_begins_when_the_disk_is_too_small()
    {
        DiskSpace.Require("here", needed: 1L << 30, free: 2L << 30);
        var full = Assert.Throws<DataException>(() => DiskSpace.Require("here", needed: 2L << 30, free: 2L << 30));
        Assert.Equal(ProblemCode.DiskFull, full.Problem.Code);
        Assert.Contains("2.21 GB needed on the disk of here, 2.15 GB free", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_id_that_the_target_does_not_have() =>
        Assert.Contains("0 to 60", Assert.Throws<DataException>(() => Capture("bad", [new TokenRow("a", [61], [true])], heldout: [])).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_layers_that_the_target_does_not_have() =>
        Assert.Contains("three layers from 0 to 3", Assert.Throws<UserException>(() => Capture("bad", Rows([3]), heldout: [], layers: [1, 2, 4])).Message, StringComparison.Ordinal);

    [Fact]
    public void Stops_at_states_that_are_not_finite_and_names_the_row()
    {
        using var scope = NewDisposeScope();
        var config = TinyTarget.Config(new Llama());
        var weights = TinyTarget.Weights(config);
        weights[TargetWeights.FinalNorm] = full(24, float.NaN);
        var broken = new TargetFolder(TinyTarget.Folder(config, weights));
        Assert.Contains("'row 0'", Assert.Throws<DataException>(() => Capture("bad", Rows([3]), heldout: [], target: broken)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ids", "'ids' should be I32 [8]")]
    [InlineData("aux", "'aux' should be F32 [8, 72]")]
    [InlineData("lengths", "'lengths' should hold numbers from 1")]
    [InlineData("rows", "2 rows have lengths, 1 have ids")]
    public void Are_refused_by_name_when_a_shard_was_changed(string what, string message)
    {
        using var scope = NewDisposeScope();
        Capture("whole", Rows(lengths: [3, 5]), heldout: []);
        var path = Path.Combine(At("whole"), "train-00001.safetensors");
        Dictionary<string, Tensor> tensors;
        using (var file = SafetensorsFile.Open(path))
        {
            tensors = file.Tensors.Keys.ToDictionary(name => name, file.Read);
        }

        if (what is not "rows")
        {
            tensors[what] = what is "lengths" ? tensor(new[] { 8L, 0L }) : zeros(7, tensors[what].dtype);
        }

        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["rows"] = what is "rows" ? "[\"row 0\"]" : "[\"row 0\",\"row 1\"]" });
        var wrong = Assert.Throws<DataException>(() => StoredFeatures.Open(At("whole"), features => features.Train, Usual));
        Assert.Equal(ProblemCode.StoreCorrupt, wrong.Problem.Code);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_refused_when_rows_are_missing()
    {
        Capture("whole", Rows(lengths: [3, 5]), heldout: []);
        (FeatureDescription.Read(At("whole")) with { Train = new FeaturePart(3, 8, ["train-00001.safetensors"]) }).Write(At("whole"));
        Assert.Contains("3 rows expected, 2 found", Assert.Throws<DataException>(() => StoredFeatures.Open(At("whole"), features => features.Train, Usual)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_refused_when_the_draft_reads_other_layers()
    {
        Capture("whole", Rows(lengths: [3]), heldout: [], layers: [0, 1, 2]);
        var wrong = Assert.Throws<DataException>(() => StoredFeatures.Open(At("whole"), features => features.Train, Usual));
        Assert.Contains("the draft reads the layers 1, 1, 0, but 0, 1, 2 were kept", wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>A file that is mapped would end the process here.</summary>
    [Fact]
    public void Are_refused_by_row_when_their_file_is_cut_while_a_training_reads_it()
    {
        using var scope = NewDisposeScope();
        Capture("whole", Rows(lengths: [3, 5]), heldout: []);
        var stored = StoredFeatures.Open(At("whole"), features => features.Train, Usual);
        var path = Path.Combine(At("whole"), "train-00001.safetensors");
        var begin = SafetensorsHeader.Read(path).Tensors[FeatureShard.Last].Begin;
        using (var file = File.OpenWrite(path))
        {
            // Ends in the middle of the last states; the mask behind them is read before them.
            file.SetLength(begin + 4);
        }

        var wrong = Assert.Throws<DataException>(() => stored.Read([1]));
        Assert.Equal(ProblemCode.StoreCorrupt, wrong.Problem.Code);
        Assert.Contains("row 'row 1' cannot be read: 5 bytes more were expected", wrong.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(FeatureBatch expected, FeatureBatch actual)
    {
        Assert.Equal(expected.Aux_BTE.dtype, actual.Aux_BTE.dtype);
        Assert.True(expected.Ids_BT.Equals(actual.Ids_BT));
        Assert.True(expected.Mask_BT.Equals(actual.Mask_BT));
        Assert.True(expected.Aux_BTE.Equals(actual.Aux_BTE));
        Assert.True(expected.Last_BTD.Equals(actual.Last_BTD));
        Assert.True(expected.Positions_ABT.Equals(actual.Positions_ABT));
    }

    private static void AssertSameFiles(string expected, string actual)
    {
        Assert.Equal(Names(expected), Names(actual));
        Assert.All(Names(expected), name => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name!)), File.ReadAllBytes(Path.Combine(actual, name!))));

        static IEnumerable<string?> Names(string folder) => Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
    }

    /// <summary>Random ids below the tiny target's vocabulary, every third one answered.</summary>
    private static List<TokenRow> Rows(IReadOnlyList<int> lengths)
    {
        var random = new Random(5);
        return [.. lengths.Select((length, row) => new TokenRow(
            $"row {row}",
            [.. Enumerable.Range(0, length).Select(_ => random.Next(TinyTarget.Words))],
            [.. Enumerable.Range(0, length).Select(token => token % 3 is 0)]))];
    }

    private string At(string name) => Path.Combine(_folder, name);

    private List<RunEvent> Capture(
        string name, IReadOnlyList<TokenRow> rows, IReadOnlyList<TokenRow> heldout, Dtype dtype = Dtype.Float32, int? stopAt = null, IReadOnlyList<int>? layers = null, TargetFolder? target = null)
    {
        var tokens = new TokenRows(At("rows"));
        Directory.CreateDirectory(tokens.Folder);
        Directory.CreateDirectory(At(name));
        Write(tokens.Train, rows);
        Write(tokens.Heldout, heldout);
        using var stop = new CancellationTokenSource();
        using var journal = Journal.Open(Path.Combine(_folder, name + ".journal"));
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
