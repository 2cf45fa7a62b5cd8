using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Pretraining;

/// <summary>AdamW over all weights of a small target: gradients clipped by their common norm, rate warmed up, then half a cosine.</summary>
internal sealed class PretrainOptimizer
{
    private const double MaxNorm = 1;
    private const double WarmupShare = 0.05;
    private const double LastShare = 0.05;
    private static readonly AdamWUpdate Update = new(Rate: 0, Beta1: 0.9, Beta2: 0.98, Decay: 0.01, Epsilon: 1e-8);

    private readonly Tensor[] _weights;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;
    private readonly Tensor _step = zeros(1);
    private readonly Tensor _one = ones(1);

    /// <summary>Over leaves that require gradients.</summary>
    public PretrainOptimizer(IEnumerable<Tensor> weights)
    {
        _weights = [.. weights];
        _first = [.. _weights.Select(weight => zeros_like(weight, requires_grad: false))];
        _second = [.. _weights.Select(weight => zeros_like(weight, requires_grad: false))];
    }

    /// <summary>The moments, in the order of the weights, and the number of updates: what a run needs to go on.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => _first
        .Select((moment, place) => KeyValuePair.Create($"first.{place}", moment))
        .Concat(_second.Select((moment, place) => KeyValuePair.Create($"second.{place}", moment)))
        .Append(KeyValuePair.Create("updates", _step));

    /// <summary>The rate of an update: a pure function of its number.</summary>
    /// <param name="peak">Reached after a twentieth of the steps.</param>
    /// <param name="step">0-based.</param>
    /// <param name="steps">In all.</param>
    public static double Rate(double peak, int step, int steps)
    {
        var warmup = Math.Max(1, steps * WarmupShare);
        var progress = (step - warmup) / Math.Max(1, steps - warmup);
        return step < warmup
            ? peak * (step + 1) / warmup
            : peak * (LastShare + ((1 - LastShare) * 0.5 * (1 + Math.Cos(Math.PI * progress))));
    }

    /// <summary>One update; the gradients are zero afterwards.</summary>
    public void Step(double rate)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var gradients = _weights.Select(weight => weight.grad!).ToArray();
        var norm = stack([.. gradients.Select(gradient => gradient.square().sum())]).sum().sqrt().item<float>();
        if (norm > MaxNorm)
        {
            var shrink = tensor((float)(MaxNorm / norm));
            foreach (var gradient in gradients)
            {
                gradient.mul_(shrink);
            }
        }

        _step.add_(_one);
        Aten.FusedAdamW(_weights, gradients, _first, _second, [.. _weights.Select(_ => _step)], Update with { Rate = rate });
        foreach (var gradient in gradients)
        {
            gradient.zero_();
        }
    }
}
