using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class An_effective_manifest
{
    private static readonly Experiment Least = new() { Name = "e", Target = new() { Builtin = "b" }, Data = new() { Train = ["t"] } };

    [Fact]
    public void Has_every_default_in_it()
    {
        var effective = EffectiveManifest.Of(Least);
        Assert.Equal(["name", "target", "modality", "mode", "data", "draft", "training", "speculation", "export", "evaluation", "regenerate", "expect", "sweep"], effective.Select(member => member.Key));
        Assert.Equal("""{"maxNewTokens":128,"prompts":[],"promptsAtOnce":1,"promptsPerFile":80,"seed":42,"stop":[],"temperature":0,"topK":null,"topP":1}""", CanonicalJson.Write(effective["evaluation"]));
        Assert.Equal("100", CanonicalJson.Write(effective["training"]!["checkpointEvery"]));
    }

    [Fact]
    public void Spells_compatibility_out()
    {
        var effective = EffectiveManifest.Of(Least with { Training = new() { Compatibility = Compatibility.Angelslim } });
        Assert.Equal("angelslim", effective["training"]!["gate"]!.GetValue<string>());
        Assert.Equal("angelslim", effective["draft"]!["rope"]!.GetValue<string>());
    }
}
