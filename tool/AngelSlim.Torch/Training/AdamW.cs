using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>Adam with decoupled weight decay (arXiv 1711.05101), all parameters in one fused call.</summary>
internal sealed class AdamW : IOptimizer
{
    private const double Beta1 = 0.9;
    private const double Epsilon = 1e-8;

    private readonly IReadOnlyList<KeyValuePair<string, Tensor>> _parameters;
    private readonly List<Tensor> _first;
    private readonly List<Tensor> _second;
    private readonly Tensor _step = zeros(1).DetachFromDisposeScope();
    private readonly double _decay;
    private readonly double _beta2;

    /// <summary>At step 0.</summary>
    /// <param name="parameters">By name; float32 leaves.</param>
    /// <param name="decay">Share of every weight that goes at rate 1.</param>
    /// <param name="beta2">What the mean of the squares keeps from step to step.</param>
    public AdamW(IEnumerable<KeyValuePair<string, Tensor>> parameters, double decay, double beta2 = 0.999)
    {
        _parameters = [.. parameters];
        (_decay, _beta2) = (decay, beta2);
        _first = [.. _parameters.Select(pair => zeros_like(pair.Value, requires_grad: false).DetachFromDisposeScope())];
        _second = [.. _parameters.Select(pair => zeros_like(pair.Value, requires_grad: false).DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        .. _parameters.Zip(_first, (pair, moment) => KeyValuePair.Create($"adamw.first.{pair.Key}", moment)),
        .. _parameters.Zip(_second, (pair, moment) => KeyValuePair.Create($"adamw.second.{pair.Key}", moment)),
    ];

    /// <inheritdoc/>
    public void Update(int update, double rate)
    {
        if (_parameters.Count is 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        _step.copy_(tensor((float)update));
        Aten.FusedAdamW(
            [.. _parameters.Select(pair => pair.Value)], [.. _parameters.Select(pair => pair.Value.grad!)], _first, _second,
            [.. Enumerable.Repeat(_step, _parameters.Count)], new AdamWUpdate(rate, Beta1, _beta2, _decay, Epsilon));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.ForEach(moment => moment.Dispose());
        _second.ForEach(moment => moment.Dispose());
        _step.Dispose();
    }
}
