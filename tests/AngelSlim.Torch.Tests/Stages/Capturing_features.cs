using System.Globalization;
using System.Text;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
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
    private readonly CaptureFolder _at = new();

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

    public void Dispose() => _at.Dispose();

    [Theory]
    [MemberData(nameof(FamiliesInBothTypes))]
    public void Gives_what_the_running_target_gives_bit_for_bit(string family, Dtype dtype)
    {
        using var scope = NewDisposeScope();
        var folder = TinyTarget.WideFolder(TinyTarget.Family(family));
        var rows = CaptureFolder.Rows(lengths: [5, 1, 17, 8]);
        _at.Capture("whole", rows, heldout: CaptureFolder.Rows(lengths: [4]), dtype, target: folder);
        var stored = StoredFeatures.Open(_at.At("whole"), features => features.Train, CaptureFolder.Usual);
        var heldout = StoredFeatures.Open(_at.At("whole"), features => features.Heldout, CaptureFolder.Usual);
        using var target = TargetModel.Load(folder.Folder, ElementType.Of(dtype).Scalar, CPU, TargetCatalog.For(folder));
        var live = new LiveFeatures(target, CaptureFolder.Usual, rows);

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
        var rows = CaptureFolder.Rows(lengths: [3, 5]);
        _at.Capture("whole", rows, heldout: []);
        var stored = StoredFeatures.Open(_at.At("whole"), features => features.Train, CaptureFolder.Usual);
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
        var rows = CaptureFolder.Rows(lengths: [.. Enumerable.Repeat(1000, 60)]);
        _at.Capture("whole", rows, heldout: CaptureFolder.Rows(lengths: [9]));
        Assert.Equal(4, Directory.GetFiles(_at.At("whole"), "*.safetensors").Length);
        foreach (var stopAt in new[] { 5, 30, 50 })
        {
            Assert.Throws<OperationCanceledException>(() => _at.Capture("stopped", rows, heldout: CaptureFolder.Rows(lengths: [9]), stopAt: stopAt));
            Assert.False(File.Exists(Path.Combine(_at.At("stopped"), "features.json")));
        }

        // As a kill in the middle of a write leaves it.
        File.WriteAllText(Path.Combine(_at.At("stopped"), "train-00003.safetensors.part"), "half");
        var events = _at.Capture("stopped", rows, heldout: CaptureFolder.Rows(lengths: [9]));
        Assert.Equal(Enumerable.Range(43, 19).Select(row => (long)row), events.OfType<Progressed>().Select(progress => progress.Done));
        CaptureFolder.AssertSameFiles(_at.At("whole"), _at.At("stopped"));
    }

    [Fact]
    public void Are_captured_again_where_the_journal_outlived_a_file()
    {
        _at.Capture("whole", CaptureFolder.Rows(lengths: [5, 9]), heldout: CaptureFolder.Rows(lengths: [4]));
        _at.Capture("lost", CaptureFolder.Rows(lengths: [5, 9]), heldout: CaptureFolder.Rows(lengths: [4]));
        File.Delete(Path.Combine(_at.At("lost"), "train-00001.safetensors"));
        using (var torn = File.OpenWrite(Path.Combine(_at.At("lost"), "heldout-00001.safetensors")))
        {
            torn.SetLength(torn.Length / 2);
        }

        _at.Capture("lost", CaptureFolder.Rows(lengths: [5, 9]), heldout: CaptureFolder.Rows(lengths: [4]));
        CaptureFolder.AssertSameFiles(_at.At("whole"), _at.At("lost"));
        Assert.Equal(2, File.ReadAllLines(_at.Journal("lost")).Length);
    }

    /// <summary>Other bytes need another version of the stage: features that were kept under the old one must not be taken for new.</summary>
    [Fact]
    public void Make_what_its_version_stands_for()
    {
        using var scope = NewDisposeScope();
        _at.Capture("whole", CaptureFolder.Rows(lengths: [4, 2]), heldout: CaptureFolder.Rows(lengths: [1]));
        var text = new StringBuilder(File.ReadAllText(Path.Combine(_at.At("whole"), "features.json")));
        foreach (var path in Directory.GetFiles(_at.At("whole"), "*.safetensors").Order(StringComparer.Ordinal))
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
        var said = Assert.IsType<Said>(_at.Capture("whole", CaptureFolder.Rows(lengths: [1000, 1000]), heldout: [])[0]);
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
        Assert.Contains("0 to 60", Assert.Throws<DataException>(() => _at.Capture("bad", [new TokenRow("a", [61], [true])], heldout: [])).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_layers_that_the_target_does_not_have() =>
        Assert.Contains("three layers from 0 to 3", Assert.Throws<UserException>(() => _at.Capture("bad", CaptureFolder.Rows([3]), heldout: [], layers: [1, 2, 4])).Message, StringComparison.Ordinal);

    [Fact]
    public void Stops_at_states_that_are_not_finite_and_names_the_row()
    {
        using var scope = NewDisposeScope();
        var config = TinyTarget.Config(new Llama());
        var weights = TinyTarget.Weights(config);
        weights[TargetWeights.FinalNorm] = full(24, float.NaN);
        var broken = new TargetFolder(TinyTarget.Folder(config, weights));
        Assert.Contains("'row 0'", Assert.Throws<DataException>(() => _at.Capture("bad", CaptureFolder.Rows([3]), heldout: [], target: broken)).Message, StringComparison.Ordinal);
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
}
