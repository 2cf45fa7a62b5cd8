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
    private readonly List<(double Absolute, double Relative)> _differences = [];

    public GoldenCase(string folder)
    {
        Folder = folder;
        _io = SafetensorsFile.Open(Path.Combine(folder, "io.safetensors"));
        _meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "meta.json")));
    }

    public string Folder { get; }

    public JsonElement Meta => _meta.RootElement;

    /// <summary>What every comparison so far came to.</summary>
    public IReadOnlyList<(double Absolute, double Relative)> Differences => _differences;

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
        var difference = (actual.to(float32) - golden).abs();
        var excess = difference - allowed;
        if (mask_BT is not null)
        {
            var real = mask_BT.to(@bool).unsqueeze(-1);
            (difference, golden, excess) = (difference.masked_select(real), golden.masked_select(real), excess.masked_select(real));
        }

        var largest = difference.max().ToDouble();
        _differences.Add((largest, largest / golden.abs().max().ToDouble()));
        Assert.True(excess.max().ToSingle() <= 0, $"{Path.GetFileName(Folder)}: {name} is {excess.max().ToSingle():g3} beyond its tolerance");
    }

    /// <summary>The root of the mean squared difference, its relative to that of the values.</summary>
    public double Rms(string name, Tensor actual)
    {
        var golden = this[name].to(float32);
        Assert.Equal(golden.shape, actual.shape);
        var rms = (actual.to(float32) - golden).square().mean().sqrt().ToDouble();
        _differences.Add((rms, rms / golden.square().mean().sqrt().ToDouble()));
        return rms;
    }

    public void Dispose()
    {
        _io.Dispose();
        _meta.Dispose();
    }
}
