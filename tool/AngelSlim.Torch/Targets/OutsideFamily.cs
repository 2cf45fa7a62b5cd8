using System.Reflection;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Targets;

/// <summary>A family of somebody else's: what it throws is told as its fault, with the assembly and the class, and not as one of this tool.</summary>
internal sealed class OutsideFamily : TargetFamily
{
    private readonly TargetFamily _family;
    private readonly string _path;

    private OutsideFamily(string path, TargetFamily family)
    {
        (_path, _family) = (path, family);
        ModelType = Guarded(nameof(ModelType), () => family.ModelType);
        Architecture = Guarded(nameof(Architecture), () => family.Architecture);
    }

    /// <inheritdoc/>
    public override string ModelType { get; }

    /// <inheritdoc/>
    public override string Architecture { get; }

    /// <summary>Makes one of a class.</summary>
    /// <param name="path">Its assembly.</param>
    /// <param name="type">A public class that derives from <see cref="TargetFamily"/>.</param>
    /// <exception cref="DataException">Its constructor throws, or it has none without parameters.</exception>
    public static OutsideFamily Of(string path, Type type)
    {
        if (type.GetConstructor([]) is not { } constructor)
        {
            throw FamilyAssembly.Wrong(path, $"the family {type.FullName} has no public constructor without parameters; give it one");
        }

        try
        {
            return new OutsideFamily(path, (TargetFamily)constructor.Invoke([]));
        }
        catch (TargetInvocationException e)
        {
            throw Thrown(path, type, "its constructor", e.InnerException!);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_family.GetType().FullName} of {Path.GetFileName(_path)}";

    /// <inheritdoc/>
    public override JsonObject TinyConfig() => Guarded(nameof(TinyConfig), _family.TinyConfig);

    /// <inheritdoc/>
    public override TargetConfig Read(ConfigObject config) => Guarded(nameof(Read), () => _family.Read(config)) with { Family = this };

    /// <inheritdoc/>
    public override IEnumerable<TargetWeight> WeightsOfLayer(TargetConfig config, int layer) =>
        Guarded(nameof(WeightsOfLayer), () => _family.WeightsOfLayer(config, layer).ToList());

    /// <inheritdoc/>
    public override IDecoderLayer Layer(TargetConfig config, int layer, LayerWeights weights) =>
        new GuardedLayer(this, Guarded(nameof(Layer), () => _family.Layer(config, layer, weights)));

    private static DataException Thrown(string path, Type type, string where, Exception e) => FamilyAssembly.Wrong(
        path, $"the family {type.FullName} failed in {where}: {e.GetType().Name}: {e.Message.Split('\n')[0].Trim().TrimEnd('.')}. This is a fault of the family; mend it and build it again", e);

    private T Guarded<T>(string where, Func<T> call)
    {
        try
        {
            return call() ?? throw new InvalidOperationException("It gave null.");
        }
        catch (Exception e) when (e is not (DataException or UserException or OperationCanceledException) && !OutOfMemory.Caused(e))
        {
            throw Thrown(_path, _family.GetType(), where, e);
        }
    }

    private sealed class GuardedLayer(OutsideFamily family, IDecoderLayer layer) : IDecoderLayer
    {
        public Tensor Apply(Tensor hidden_BTD, int place, AttentionCall call) => family.Guarded("its layer's Apply", () =>
            layer.Apply(hidden_BTD, place, call) is var result && result.shape.SequenceEqual(hidden_BTD.shape)
                ? result
                : throw new InvalidOperationException($"The stream behind a layer should have shape [{string.Join(", ", hidden_BTD.shape)}] but has [{string.Join(", ", result.shape)}]."));
    }
}
