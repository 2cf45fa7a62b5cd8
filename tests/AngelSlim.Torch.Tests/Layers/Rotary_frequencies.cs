using System.Text.Json;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Layers;

/// <summary>Every rotary setting of the reference's list, tiny and real sizes.</summary>
public sealed class Rotary_frequencies
{
    public static TheoryData<string> Cases
    {
        get
        {
            using var meta = Meta();
            return [.. meta.RootElement.GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Are_the_references(string name)
    {
        using var scope = NewDisposeScope();
        using var meta = Meta();
        using var golden = SafetensorsFile.Open(Golden.Own("text", "rope", "io.safetensors"));
        var one = meta.RootElement.GetProperty("cases").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        var config = ConfigObject.Parse(name, one.GetProperty("config").GetRawText());
        var rope = Read(config);
        var frequencies = golden.Load($"{name}.inv_freq");
        var own = Frequencies(rope, one.GetProperty("sequence_length"), (int)frequencies.shape[0] * 2);
        Assert.InRange(((own - frequencies).abs() / frequencies).max().ToDouble(), 0, 5e-7);
        Assert.Equal(one.GetProperty("attention_scaling").GetDouble(), rope.AttentionScaling, 1e-12);
        if (golden.Tensors.ContainsKey($"{name}.cos"))
        {
            CompareAngles(golden, name, rope, golden.Load("positions"));
        }
    }

    [Fact]
    public void Are_in_the_documentation_with_what_was_measured()
    {
        using var scope = NewDisposeScope();
        using var meta = Meta();
        using var golden = SafetensorsFile.Open(Golden.Own("text", "rope", "io.safetensors"));
        var rows = meta.RootElement.GetProperty("cases").EnumerateArray().Select(one =>
        {
            var name = one.GetProperty("name").GetString()!;
            var frequencies = golden.Load($"{name}.inv_freq");
            var rope = Read(ConfigObject.Parse(name, one.GetProperty("config").GetRawText()));
            var difference = (Frequencies(rope, one.GetProperty("sequence_length"), (int)frequencies.shape[0] * 2) - frequencies).abs();
            Assert.InRange((difference / frequencies).max().ToDouble(), 0, 5e-7);
            return new FidelityRow(
                one.GetProperty("rope_type").GetString()!, name, "radians a token of each pair", difference.max().ToDouble(), (difference.max() / frequencies.max()).ToDouble(), "5e-07 of each number");
        });
        FidelityPage.Matches("Rotary frequencies", "Every kind of rotary positions beside transformers 5.23, in tiny and in real sizes.", [.. rows]);
    }

    /// <summary>As the call has them that saw so long a text.</summary>
    private static Tensor Frequencies(Rope rope, JsonElement length, int channels) =>
        rope is DynamicRope dynamic && length.ValueKind is JsonValueKind.Number ? dynamic.FrequenciesAt(tensor(length.GetInt64()), channels) : rope.Frequencies(channels);

    /// <summary>One unit in the last place of a frequency is much at a far position, so the tolerance grows with the angle.</summary>
    private static void CompareAngles(SafetensorsFile golden, string name, Rope rope, Tensor positions)
    {
        var (cos, sin) = (golden.Load($"{name}.cos"), golden.Load($"{name}.sin"));
        var channels = (int)cos.shape[1];
        var rotation = new Rotary(rope, channels, CPU).At(positions.view(1, 1, -1), float32);
        var angles = positions.to(float32).unsqueeze(1) * golden.Load($"{name}.inv_freq");
        var allowed = (cat([angles, angles], 1) * 2e-7) + 1e-6;
        var half = channels / 2;
        var signed = cat([-sin[.., ..half], sin[.., half..]], 1);

        Assert.InRange((((rotation.Cos_BT1C.view(-1, channels) - cos).abs() - allowed).max()).ToDouble(), double.NegativeInfinity, 0);
        Assert.InRange((((rotation.SignedSin_BT1C.view(-1, channels) - signed).abs() - allowed).max()).ToDouble(), double.NegativeInfinity, 0);
    }

    private static Rope Read(ConfigObject config) => RopeReader.Read(config, config.RequiredInteger("max_position_embeddings", 1, int.MaxValue), RopeKinds.WithAlpha);

    private static JsonDocument Meta() => JsonDocument.Parse(File.ReadAllBytes(Golden.Own("text", "rope", "meta.json")));
}
