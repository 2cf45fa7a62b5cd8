using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Pretraining;

/// <summary>AdamW as small models like it: squares forgotten sooner, gradients clipped by their common norm, and a rate that never ends at zero.</summary>
internal sealed class PretrainOptimizer : IDisposable
{
    private const double Decay = 0.01;
    private const double Beta2 = 0.98;
    private const double MaxNorm = 1;
    private const double WarmupShare = 0.05;
    private const double LastShare = 0.05;

    private readonly Tensor[] _weights;
    private readonly AdamW _adamW;

    /// <summary>Over leaves that require gradients.</summary>
    public PretrainOptimizer(IReadOnlyList<KeyValuePair<string, Tensor>> weights)
    {
        _weights = [.. weights.Select(weight => weight.Value)];
        _adamW = new AdamW(weights, Decay, Beta2);
    }

    /// <summary>What a run needs to go on, beside the weights and the number of updates.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => _adamW.State;

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
    /// <param name="update">Its number, from 1.</param>
    /// <param name="rate">The learning rate.</param>
    public void Step(int update, double rate)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var gradients = _weights.Select(weight => weight.grad!).ToArray();
        var norm = stack([.. gradients.Select(gradient => gradient.Squared().sum())]).sum().sqrt().item<float>();
        if (norm > MaxNorm)
        {
            var shrink = tensor((float)(MaxNorm / norm));
            foreach (var gradient in gradients)
            {
                gradient.mul_(shrink);
            }
        }

        _adamW.Update(update, rate);
        foreach (var gradient in gradients)
        {
            gradient.zero_();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _adamW.Dispose();
}
