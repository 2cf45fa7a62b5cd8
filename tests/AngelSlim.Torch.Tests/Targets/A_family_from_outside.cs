using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Pretraining;
using AngelSlim.Torch.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>The example builds and computes as it should; what can be wrong with an assembly is told with its path.</summary>
public sealed class A_family_from_outside : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Is_known_by_name_beside_those_of_the_tool()
    {
        RandomTarget.Write(_folder, ExampleFamily.Family, vocabulary: 61, seed: 1);
        Assert.Equal("Olmo2Family.Olmo2 of Olmo2Family.dll", TargetConfigReader.Read(_folder, TinyTarget.All).Family.ToString());
        Assert.Contains("supported: LlamaForCausalLM", Assert.Throws<DataException>(() => TargetConfigReader.Read(_folder)).Message, StringComparison.Ordinal);
    }

    /// <summary>The same source gives the same bytes, or steps would run again after every build.</summary>
    [Fact]
    public void Has_the_same_bytes_wherever_it_is_built() =>
        Assert.Equal(File.ReadAllBytes(ExampleFamily.Assembly), File.ReadAllBytes(ExampleFamily.Build("elsewhere")));

    /// <summary>A second program, number by number in double, from the description of the model and not from the example.</summary>
    [Fact]
    public void Computes_what_the_model_is_said_to_compute()
    {
        using var scope = NewDisposeScope();
        var config = TinyTarget.Config(ExampleFamily.Family);
        var weights = TinyTarget.Weights(config);
        using var target = TargetModel.Create(config, weights);
        var ids = TinyTarget.Ids(rows: 1, tokens: 7);
        var said = target.Run(new TargetInput(ids), [0, 1, 2, 3]);
        var byHand = new Olmo2ByHand(config, weights).Run(ids.data<long>().ToArray());
        for (var layer = 0; layer < 4; layer++)
        {
            Near.Assert(tensor(byHand[layer]), said.Hidden_BTLD[0].select(1, layer), 2e-6, $"behind layer {layer}");
        }
    }

    [Fact]
    [Provokes(ProblemCode.BadFamily)]
    public void Is_refused_where_the_file_is_no_assembly()
    {
        var path = Path.Combine(_folder, "text.dll");
        File.WriteAllText(path, "no assembly");
        Refuses(path, "a .NET assembly expected");
    }

    [Fact]
    public void Is_refused_where_the_assembly_has_none() =>
        Refuses(typeof(ConfigObject).Assembly.Location, "it has no family: no public class in it derives from AngelSlim.Torch.Targets.TargetFamily of this tool's AngelSlim.Torch");

    [Fact]
    public void Is_refused_beside_another_of_the_same_model_type() =>
        Refuses(Emit(("Two", typeof(Sound)), ("One", typeof(Sound))), "two families have the model_type 'sound': Emitted.One of emitted.dll and Emitted.Two of emitted.dll");

    [Fact]
    public void Is_refused_where_the_tool_has_its_name() =>
        Refuses(Emit(("One", typeof(NamedLikeOurs))), "two families have the architecture 'LlamaForCausalLM': Llama of the tool and Emitted.One of emitted.dll");

    [Fact]
    public void Is_refused_when_its_constructor_throws() =>
        Refuses(Emit(("One", typeof(ThrowsWhenMade))), "the family Emitted.One failed in its constructor: InvalidOperationException: not today. This is a fault of the family");

    [Fact]
    public void Is_refused_without_a_constructor_that_anybody_can_call()
    {
        var path = Emit(("One", typeof(WithoutConstructor)));
        Refuses(path, "the family Emitted.One has no public constructor without parameters");
    }

    [Fact]
    public void Is_told_as_at_fault_when_it_throws_later()
    {
        using var scope = NewDisposeScope();
        var families = TargetCatalog.For(new TargetFolder("") { Assembly = Emit(("One", typeof(Sound))) });
        var family = families[^1];
        RandomTarget.Write(_folder, family, vocabulary: 61, seed: 1);
        using var target = TargetModel.Load(_folder, float32, CPU, families);
        var thrown = Assert.Throws<DataException>(() => target.Run(new TargetInput(TinyTarget.Ids(1, 3)), []));
        Assert.Equal(ProblemCode.BadFamily, thrown.Problem.Code);
        Assert.Contains("the family Emitted.One failed in its layer's Apply: DivideByZeroException", thrown.Message, StringComparison.Ordinal);

        var refused = Assert.Throws<DataException>(() => family.Read(ConfigObject.Parse("config.json", """{"hidden_act":"relu"}""")));
        Assert.Equal(ProblemCode.BadConfig, refused.Problem.Code);
        Assert.Contains("failed in Read: NullReferenceException", Assert.Throws<DataException>(() => family.Read(null!)).Message, StringComparison.Ordinal);
    }

    private static void Refuses(string path, string message)
    {
        var wrong = Assert.Throws<DataException>(() => TargetCatalog.For(new TargetFolder("") { Assembly = path }));
        Assert.Equal(ProblemCode.BadFamily, wrong.Problem.Code);
        Assert.StartsWith(path, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>An assembly with classes that derive from those below and add nothing.</summary>
    private string Emit(params (string Name, Type Parent)[] classes)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("emitted"), typeof(object).Assembly);
        var module = assembly.DefineDynamicModule("emitted");
        foreach (var (name, parent) in classes)
        {
            var type = module.DefineType($"Emitted.{name}", TypeAttributes.Public | TypeAttributes.Class, parent);
            var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, parent == typeof(WithoutConstructor) ? [typeof(int)] : []);
            var code = constructor.GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Call, parent.GetConstructor([])!);
            code.Emit(OpCodes.Ret);
            type.CreateType();
        }

        var path = Path.Combine(_folder, "emitted.dll");
        assembly.Save(path);
        return path;
    }

    /// <summary>Reads and lists as Llama does, and fails when it computes.</summary>
    public class Sound : TargetFamily
    {
        public override string ModelType => "sound";

        public override string Architecture => $"{GetType().Name}ForCausalLM";

        public override JsonObject TinyConfig() => TinyConfigs.Of(this);

        public override TargetConfig Read(ConfigObject config) => new ConfigDefaults().Read(this, config);

        public override IDecoderLayer Layer(TargetConfig config, int layer, LayerWeights weights)
        {
            _ = base.Layer(config, layer, weights);
            return new Failing();
        }
    }

    public class NamedLikeOurs : Sound
    {
        public override string Architecture => "LlamaForCausalLM";
    }

    public class WithoutConstructor : Sound;

    public class ThrowsWhenMade : Sound
    {
        public ThrowsWhenMade() => throw new InvalidOperationException("not today.");
    }

    private sealed class Failing : IDecoderLayer
    {
        public Tensor Apply(Tensor hidden_BTD, int layer, AttentionCall call) => throw new DivideByZeroException();
    }
}
