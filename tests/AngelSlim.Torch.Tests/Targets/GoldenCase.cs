using System.Text.Json;
using AngelSlim.Testing;
using AngelSlim.Torch.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>A folder of golden data: what the reference implementation said, and how far from it we may be.</summary>
internal sealed class GoldenCase : IDisposable
{
    private readonly SafetensorsFile _io;
    private readonly JsonDocument _meta;

    public GoldenCase(string folder)
    {
        Folder = folder;
        _io = SafetensorsFile.Open(Path.Combine(folder, "io.safetensors"));
        _meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "meta.json")));
    }

    public string Folder { get; }

    public JsonElement Meta => _meta.RootElement;

    public static IEnumerable<string> Folders(string area, string having) => Golden.Cases(area, having);

    public bool Has(string name) => _io.Tensors.ContainsKey(name);

    public Tensor this[string name] => _io.Load(name);

    /// <summary>The case's own tolerance for float32, only where the mask is 1.</summary>
    public void AssertClose(string name, Tensor actual, Tensor? mask_BT = null)
    {
        var golden = this[name].to(float32);
        Assert.Equal(golden.shape, actual.shape);
        var tolerance = Meta.GetProperty("tolerance").GetProperty("fp32");
        var allowed = (golden.abs() * tolerance.GetProperty("relative").GetDouble()) + tolerance.GetProperty("absolute").GetDouble();
        var excess = (actual.to(float32) - golden).abs() - allowed;
        excess = mask_BT is null ? excess : excess.masked_select(mask_BT.to(@bool).unsqueeze(-1));
        Assert.True(excess.max().ToSingle() <= 0, $"{Path.GetFileName(Folder)}: {name} is {excess.max().ToSingle():g3} beyond its tolerance");
    }

    /// <summary>The root of the mean squared difference.</summary>
    public double Rms(string name, Tensor actual)
    {
        Assert.Equal(this[name].shape, actual.shape);
        return (actual.to(float32) - this[name].to(float32)).square().mean().sqrt().ToDouble();
    }

    public void Dispose()
    {
        _io.Dispose();
        _meta.Dispose();
    }
}
