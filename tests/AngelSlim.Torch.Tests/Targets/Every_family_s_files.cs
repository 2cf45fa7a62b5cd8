using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Pretraining;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>Laws of the folders that each line of the catalogue reads and makes, new ones included.</summary>
public sealed class Every_family_s_files : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public static TheoryData<string> Families => TinyTarget.Families;

    /// <summary>What every family is asked in the words of its own file: key, wrong value, what the message says.</summary>
    public static TheoryData<string, string, string> WrongValues
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var family in TinyTarget.ModelTypes)
            {
                cases.Add(family, """{"hidden_act":"gelu"}""", "'hidden_act' is \"gelu\"; supported: silu");
                cases.Add(family, """{"rope_scaling":{"rope_type":"longrope","factor":2}}""", "'rope_scaling.rope_type' is \"longrope\"; supported: default, linear, dynamic, llama3, yarn");
                cases.Add(family, """{"rope_scaling":{"rope_type":"yarn"}}""", "'rope_scaling.factor' is missing");
                cases.Add(family, """{"attention_bias":"some"}""", "'attention_bias' is \"some\"; supported: true or false");
                cases.Add(family, """{"quantization_config":{"bits":4}}""", "'quantization_config'");
                cases.Add(family, """{"num_hidden_layers":-1}""", "'num_hidden_layers' is -1; supported: a whole number from 1 to 1000");
                cases.Add(family, """{"num_key_value_heads":3}""", "'num_key_value_heads' is 3; supported: a divisor of num_attention_heads 4");
                cases.Add(family, """{"head_dim":7}""", "'head_dim' is 7; supported: an even number");
            }

            return cases;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Families))]
    public void Are_made_from_a_seed_with_the_same_bytes_each_time(string family)
    {
        var one = Written(family, seed: 3);
        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(Written(family, seed: 3)));
        Assert.NotEqual(File.ReadAllBytes(one), File.ReadAllBytes(Written(family, seed: 4)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Come_out_the_same_when_they_are_loaded_and_saved_again(string family)
    {
        using var scope = NewDisposeScope();
        var path = Written(family, seed: 3);
        using var checkpoint = CheckpointFolder.Open(Path.GetDirectoryName(path)!);
        var config = TargetConfigReader.Read(Path.GetDirectoryName(path)!, TinyTarget.All);
        TargetWeights.Check(checkpoint, config);
        var again = new TargetFiles(Directory.CreateDirectory(Path.Combine(_folder, "again")).FullName);
        again.WriteWeights(TargetWeights.Of(config).ToDictionary(weight => weight.Name, weight => TargetWeights.Load(checkpoint, weight)), float32);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(_folder, "again", "model.safetensors")));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Are_found_by_model_type_as_well_as_by_architecture(string family)
    {
        var file = TinyTarget.Family(family).TinyConfig();
        foreach (var left in new[] { "architectures", "model_type" })
        {
            var only = file.DeepClone().AsObject();
            only.Remove(left is "architectures" ? "model_type" : "architectures");
            new TargetFiles(_folder).WriteConfig(only);
            Assert.Equal(family, TargetConfigReader.Read(_folder, TinyTarget.All).Family.ModelType);
        }
    }

    /// <summary>The words of a target are its tokenizer's, also when the target itself is a toy.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Have_as_many_words_as_are_asked_for(string family)
    {
        using var scope = NewDisposeScope();
        RandomTarget.Write(_folder, TinyTarget.Family(family), vocabulary: 300, seed: 1);
        using var target = TargetModel.Load(_folder, float32, CPU, TinyTarget.All);
        var scores = target.Logits(target.Run(new TargetInput(full([1, 3], 299, int64)), []).Last_BTD[0]);
        Assert.Equal([3L, 300], scores.shape);
        Assert.True(scores.isfinite().all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(WrongValues))]
    public void Are_refused_by_file_key_value_and_what_is_supported(string family, string changes, string message)
    {
        var file = TinyTarget.Family(family).TinyConfig();
        foreach (var (key, value) in System.Text.Json.Nodes.JsonNode.Parse(changes)!.AsObject())
        {
            file[key] = value?.DeepClone();
        }

        new TargetFiles(_folder).WriteConfig(file);
        var wrong = Assert.Throws<DataException>(() => TargetConfigReader.Read(_folder, TinyTarget.All));
        Assert.Equal(ProblemCode.BadConfig, wrong.Problem.Code);
        Assert.StartsWith(Path.Combine(_folder, "config.json"), wrong.Message, StringComparison.Ordinal);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    private string Written(string family, long seed)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("n"))).FullName;
        RandomTarget.Write(folder, TinyTarget.Family(family), TinyTarget.Words, seed);
        return Path.Combine(folder, "model.safetensors");
    }
}
