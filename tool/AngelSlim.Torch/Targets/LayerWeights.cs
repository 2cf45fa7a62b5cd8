using AngelSlim.Torch.Layers;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Targets;

/// <summary>The weights of one layer, loaded as they are asked for, in the type and on the device that the target computes in.</summary>
public sealed class LayerWeights
{
    private readonly Func<string, Tensor> _load;
    private readonly HashSet<string> _unread;
    private readonly HashSet<string> _listed;
    private readonly double _epsilon;

    internal LayerWeights(IEnumerable<TargetWeight> listed, double epsilon, Func<string, Tensor> load)
    {
        (_load, _epsilon) = (load, epsilon);
        _listed = [.. listed.Select(weight => weight.Name)];
        _unread = [.. _listed];
    }

    /// <summary>Those that nobody asked for yet.</summary>
    internal IReadOnlyCollection<string> Unread => _unread;

    /// <summary>A weight itself.</summary>
    /// <param name="name">As <see cref="TargetFamily.WeightsOfLayer"/> lists it.</param>
    /// <exception cref="KeyNotFoundException">It does not list it: a fault of the family.</exception>
    public Tensor this[string name]
    {
        get
        {
            if (!_listed.Contains(name))
            {
                throw new KeyNotFoundException($"The family reads the weight '{name}', which its WeightsOfLayer does not list.");
            }

            _unread.Remove(name);
            return _load(name);
        }
    }

    /// <summary>A matrix, with its bias if one is listed.</summary>
    /// <param name="name">Without <c>.weight</c>.</param>
    public Projection Matrix(string name) => new(this[$"{name}.weight"], _listed.Contains($"{name}.bias") ? this[$"{name}.bias"] : null);

    /// <summary>A norm, with the config's epsilon.</summary>
    /// <param name="name">Without <c>.weight</c>.</param>
    public RmsNorm Norm(string name) => new(this[$"{name}.weight"], _epsilon);

    /// <summary>A gated MLP of <c>NAME.gate_proj</c>, <c>NAME.up_proj</c> and <c>NAME.down_proj</c>.</summary>
    /// <param name="name">For example <c>mlp</c>.</param>
    public GatedMlp Mlp(string name) => new(Matrix($"{name}.gate_proj"), Matrix($"{name}.up_proj"), Matrix($"{name}.down_proj"));
}
