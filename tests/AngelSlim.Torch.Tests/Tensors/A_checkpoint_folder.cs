using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Tensors;

public sealed class A_checkpoint_folder
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void Finds_each_tensor_in_its_shard()
    {
        Write("one.safetensors", "a");
        Write("two.safetensors", "b");
        Index("""{"metadata":{"total_size":8},"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        using var checkpoint = CheckpointFolder.Open(_folder);
        Assert.Equal(["a", "b"], checkpoint.Names.Order(StringComparer.Ordinal));
        Assert.Equal([1L], checkpoint.Shape("b"));
        Assert.True(checkpoint.Has("a") && !checkpoint.Has("c"));
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../one.safetensors"}}""", "same folder")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "same folder")]
    [InlineData("""{"weight_map":{"a":""}}""", "same folder")]
    [InlineData("""{"weight_map":{"a":"one.bin"}}""", "same folder")]
    [InlineData("""{"weight_map":{"a":null}}""", "same folder")]
    [InlineData("""{"weight_map":{"a":"three.safetensors"}}""", "no such file")]
    [InlineData("""{"weight_map":{"c":"one.safetensors"}}""", "'c' should be in one.safetensors")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","a":"one.safetensors"}}""", "weight_map")]
    [InlineData("""{"weight_map":[]}""", "weight_map")]
    [InlineData("""{"weight_map":{"a":1}}""", "weight_map")]
    [InlineData("""{}""", "weight_map")]
    [InlineData("""{"weight_map":{""", "weight_map")]
    public void Refuses_an_index_that_does_not_fit(string index, string message)
    {
        Write("one.safetensors", "a");
        Index(index);
        var wrong = Assert.Throws<DataException>(() => CheckpointFolder.Open(_folder));
        Assert.Equal(ProblemCode.BadWeights, wrong.Problem.Code);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_it_looked_for_when_there_are_no_weights() =>
        Assert.Contains("model.safetensors", Assert.Throws<DataException>(() => CheckpointFolder.Open(_folder)).Message, StringComparison.Ordinal);

    private void Index(string text) => File.WriteAllText(Path.Combine(_folder, "model.safetensors.index.json"), text);

    private void Write(string file, string name)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(Path.Combine(_folder, file), new Dictionary<string, Tensor> { [name] = ones(1) });
    }
}
