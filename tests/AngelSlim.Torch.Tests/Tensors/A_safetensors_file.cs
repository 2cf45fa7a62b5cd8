using System.Buffers.Binary;
using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using AngelSlim.Torch.Tensors;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Tensors;

public sealed class A_safetensors_file(ITestOutputHelper output)
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void Gives_back_what_was_written_in_every_type()
    {
        using var scope = NewDisposeScope();
        var written = Some();
        var path = At("all.safetensors");
        SafetensorsWriter.Write(path, written, new Dictionary<string, string> { ["made by"] = "a \"test\" ü" });

        using var file = SafetensorsFile.Open(path);
        Assert.Equal(written.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("a \"test\" ü", file.Metadata["made by"]);
        foreach (var (name, tensor) in written)
        {
            Assert.Equal(tensor.dtype, file.Load(name).dtype);
            Assert.Equal(tensor.shape, file.Load(name).shape);
            Assert.True(file.Load(name).Equals(tensor), name);
            Assert.True(file.Read(name).Equals(tensor), name);
        }
    }

    [Fact]
    public void Has_the_same_bytes_whatever_the_order_and_layout_and_again_after_reading()
    {
        using var scope = NewDisposeScope();
        var written = Some();
        SafetensorsWriter.Write(At("a"), written);
        SafetensorsWriter.Write(At("b"), written.Reverse().ToDictionary(pair => pair.Key, pair => pair.Value.dim() is 2 ? pair.Value.t().contiguous().t() : pair.Value));
        using (var file = SafetensorsFile.Open(At("a")))
        {
            SafetensorsWriter.Write(At("c"), file.Tensors.Keys.ToDictionary(name => name, file.Load));
        }

        Assert.Equal(File.ReadAllBytes(At("a")), File.ReadAllBytes(At("b")));
        Assert.Equal(File.ReadAllBytes(At("a")), File.ReadAllBytes(At("c")));
    }

    [Fact]
    public void Places_every_tensor_on_its_alignment()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(At("a"), Some());
        using var file = SafetensorsFile.Open(At("a"));
        Assert.All(file.Tensors.Values, stored => Assert.Equal(0, stored.Begin % stored.Type.Bytes));
    }

    [Fact]
    public void Lends_its_bytes_as_long_as_a_tensor_is_over_them()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(At("a"), new Dictionary<string, Tensor> { ["x"] = arange(1000, float32) });
        Tensor lent;
        using (var file = SafetensorsFile.Open(At("a")))
        {
            lent = file.Load("x");
        }

        // A write stays in this process: the mapping is private.
        lent[0] = tensor(-1f);
        using var again = SafetensorsFile.Open(At("a"));
        Assert.Equal(0f, again.Load("x")[0].item<float>());
        Assert.Equal(499500f - 1, lent.sum().item<float>());
    }

    [Fact]
    public void Reads_a_tensor_that_another_program_placed_off_its_alignment()
    {
        using var scope = NewDisposeScope();
        var data = new byte[] { 7, 0, 0, 128, 63 };
        File.WriteAllBytes(At("a"), Whole("""{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"f":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""", data));
        using var file = SafetensorsFile.Open(At("a"));
        Assert.Equal(1f, file.Load("f").item<float>());
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "should have 8 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "the file has")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "should end with the file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "should begin at byte")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "should begin at byte")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'x' stands twice")]
    [InlineData("""{"x":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,4]}}""", 4, "larger than any file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[0,9223372036854775807,3],"data_offsets":[0,0]}}""", 0, "larger than any file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775804,9223372036854775807]}}""", 4, "larger than any file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "whole numbers from 0")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "whole numbers from 0")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "at most 8")]
    [InlineData("""{"x":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4, "should be one of F32")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}""", 4, "'more' found")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1]}}""", 4, "two data_offsets expected for 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[[[[0]]],4]}}""", 4, "JSON expected")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "a text expected")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "stands twice")]
    [InlineData("""[1]""", 0, "an object expected")]
    [InlineData("""{} {}""", 0, "JSON expected")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "half a character")]
    [InlineData("""{"x":""", 0, "JSON expected")]
    public void Is_refused_with_its_name_and_place_when_its_header_lies(string header, int data, string message)
    {
        File.WriteAllBytes(At("a"), Whole(header, new byte[data]));
        var wrong = Assert.Throws<DataException>(() => SafetensorsFile.Open(At("a")));
        Assert.Equal(ProblemCode.BadWeights, wrong.Problem.Code);
        Assert.StartsWith(At("a") + ": error", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 123, 125 })]
    [InlineData(new byte[] { 3, 0, 0, 0, 0, 0, 0, 0, 123, 125 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 0, 0, 123, 255 })]
    [Provokes(ProblemCode.BadWeights)]
    public void Is_refused_when_it_is_no_such_file(byte[] bytes)
    {
        File.WriteAllBytes(At("a"), bytes);
        Assert.Equal(ProblemCode.BadWeights, Assert.Throws<DataException>(() => SafetensorsFile.Open(At("a"))).Problem.Code);
    }

    /// <summary>Each is read or refused by name, and what is read are the file's own bytes.</summary>
    [Fact]
    public void Survives_ten_thousand_damaged_headers()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(At("good"), Some(), new Dictionary<string, string> { ["a"] = "b" });
        var good = File.ReadAllBytes(At("good"));
        var data = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(good);
        string[] words = ["{", "}", "[", "]", ",", ":", "\"", "\\ud800", "\"shape\":[0,0],", "9223372036854775807,", "[0,0]", "\"F64\"", "\"__metadata__\":{},", "[[[[", " "];
        var headers = new Mutations([good[8..data]], words, 1);
        var files = new Mutations([good], words, 2);
        var read = 0;
        var refused = HostileInputs.Try(
            Mutations.Count,
            () => ++read % 4 is 0 ? files.Next() : Whole(headers.Next(), good[data..]),
            bytes =>
            {
                File.WriteAllBytes(At("bad"), bytes);
                using var file = SafetensorsFile.Open(At("bad"));
                foreach (var (name, stored) in file.Tensors)
                {
                    using var tensor = file.Read(name);
                    Assert.Equal(bytes.AsSpan((int)stored.Begin, (int)(stored.End - stored.Begin)), tensor.contiguous().bytes);
                }
            },
            16 << 20);

        // Changes inside a name or the metadata leave a sound file.
        output.WriteLine($"{Mutations.Count} files: {refused} refused, {Mutations.Count - refused} read");
        Assert.InRange(refused, 1, Mutations.Count - 1);
    }

    [Fact]
    public void Says_which_tensor_it_does_not_have()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(At("a"), Some());
        using var file = SafetensorsFile.Open(At("a"));
        Assert.Contains("'nothing'", Assert.Throws<DataException>(() => file.Load("nothing")).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Some() => new()
    {
        ["matrix"] = arange(6, float32).view(2, 3),
        ["half"] = arange(5).to(float16),
        ["brain"] = (arange(7, float32) / 3).to(bfloat16),
        ["ids"] = tensor(new[] { 1L, -2L, long.MaxValue }),
        ["short ids"] = tensor(new[] { 1, -2 }),
        ["bytes"] = tensor(new byte[] { 0, 255, 3 }),
        ["flags"] = tensor(new[] { true, false, true }),
        ["one"] = tensor(2.5f),
        ["none"] = zeros(0, 4),
    };

    private static byte[] Whole(string header, byte[] data) => Whole(Encoding.UTF8.GetBytes(header), data);

    private static byte[] Whole(byte[] text, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    private string At(string name) => Path.Combine(_folder, name);
}
