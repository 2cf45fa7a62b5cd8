using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

/// <summary>What reading them does where they are not what was captured.</summary>
public sealed class Captured_features : IDisposable
{
    private readonly CaptureFolder _at = new();

    public void Dispose() => _at.Dispose();

    [Theory]
    [InlineData("ids", "'ids' should be I32 [8]")]
    [InlineData("aux", "'aux' should be F32 [8, 72]")]
    [InlineData("lengths", "'lengths' should hold numbers from 1")]
    [InlineData("rows", "2 rows have lengths, 1 have ids")]
    public void Are_refused_by_name_when_a_shard_was_changed(string what, string message)
    {
        using var scope = NewDisposeScope();
        _at.Capture("whole", CaptureFolder.Rows(lengths: [3, 5]), heldout: []);
        var path = Path.Combine(_at.At("whole"), "train-00001.safetensors");
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
        var wrong = Assert.Throws<DataException>(() => StoredFeatures.Open(_at.At("whole"), features => features.Train, CaptureFolder.Usual));
        Assert.Equal(ProblemCode.StoreCorrupt, wrong.Problem.Code);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_refused_when_rows_are_missing()
    {
        _at.Capture("whole", CaptureFolder.Rows(lengths: [3, 5]), heldout: []);
        (FeatureDescription.Read(_at.At("whole")) with { Train = new FeaturePart(3, 8, ["train-00001.safetensors"]) }).Write(_at.At("whole"));
        Assert.Contains("3 rows expected, 2 found", Assert.Throws<DataException>(() => StoredFeatures.Open(_at.At("whole"), features => features.Train, CaptureFolder.Usual)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_refused_when_the_draft_reads_other_layers()
    {
        _at.Capture("whole", CaptureFolder.Rows(lengths: [3]), heldout: [], layers: [0, 1, 2]);
        var wrong = Assert.Throws<DataException>(() => StoredFeatures.Open(_at.At("whole"), features => features.Train, CaptureFolder.Usual));
        Assert.Contains("the draft reads the layers 1, 1, 0, but 0, 1, 2 were kept", wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>A file that is mapped would end the process here.</summary>
    [Fact]
    public void Are_refused_by_row_when_their_file_is_cut_while_a_training_reads_it()
    {
        using var scope = NewDisposeScope();
        _at.Capture("whole", CaptureFolder.Rows(lengths: [3, 5]), heldout: []);
        var stored = StoredFeatures.Open(_at.At("whole"), features => features.Train, CaptureFolder.Usual);
        var path = Path.Combine(_at.At("whole"), "train-00001.safetensors");
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
}
