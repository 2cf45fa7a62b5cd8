using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>Muon (Jordan and others, 2024): the momentum of each matrix, made nearly orthogonal by Newton-Schulz steps.</summary>
/// <remarks>
/// Updates are scaled by 0.2·√max(rows, columns), which gives them the size of AdamW's (arXiv 2502.16982), so one learning
/// rate serves both. The Newton-Schulz steps run in bfloat16, as in the original: their result only has to be nearly
/// orthogonal, and on a CPU with bfloat16 products they take half the time.
/// </remarks>
internal sealed class Muon : IOptimizer
{
    private const double Momentum = 0.95;
    private const int Steps = 5;

    // Coefficients of the quintic a·x + b·x³ + c·x⁵ that lifts all singular values towards 1 within five steps.
    private static readonly (float A, float B, float C) Quintic = (3.4445f, -4.7750f, 2.0315f);

    private readonly IReadOnlyList<KeyValuePair<string, Tensor>> _matrices;
    private readonly List<Tensor> _momenta;
    private readonly double _decay;

    /// <summary>At step 0.</summary>
    /// <param name="matrices">By name; float32 leaves with two axes.</param>
    /// <param name="decay">Share of every weight that goes at rate 1.</param>
    public Muon(IEnumerable<KeyValuePair<string, Tensor>> matrices, double decay)
    {
        _matrices = [.. matrices];
        _decay = decay;
        _momenta = [.. _matrices.Select(pair => zeros_like(pair.Value, requires_grad: false).DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
        _matrices.Zip(_momenta, (pair, momentum) => KeyValuePair.Create($"muon.{pair.Key}", momentum));

    /// <inheritdoc/>
    public void Update(int update, double rate)
    {
        foreach (var ((_, weight), momentum) in _matrices.Zip(_momenta))
        {
            using var scope = NewDisposeScope();
            var gradient = weight.grad!;
            momentum.MultiplyInPlace(Momentum).AddInPlace(gradient, 1 - Momentum);
            var direction = Orthogonal(gradient.Times(1 - Momentum).AddInPlace(momentum, Momentum));
            weight.MultiplyInPlace(1 - (rate * _decay));
            weight.AddInPlace(direction, -rate * 0.2 * Math.Sqrt(Math.Max(weight.shape[0], weight.shape[1])));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _momenta.ForEach(momentum => momentum.Dispose());

    /// <summary>A matrix with the same singular vectors whose singular values lie around 1, between about 0.7 and 1.2.</summary>
    internal static Tensor Orthogonal(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        var tall = matrix.shape[0] > matrix.shape[1];
        var x = (tall ? matrix.t() : matrix).to(bfloat16);
        x = x / x.norm().Plus(1e-7);
        for (var i = 0; i < Steps; i++)
        {
            var square = mm(x, x.t());
            var polynomial = square.Times(Quintic.B).addmm_(square, square, 1, Quintic.C);
            x = x.Times(Quintic.A).addmm_(polynomial, x, 1, 1);
        }

        return (tall ? x.t() : x).to(float32).MoveToOuterDisposeScope();
    }
}
