using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>Turns gradients into updates.</summary>
internal interface IOptimizer : IDisposable
{
    /// <summary>What it remembers from step to step, by name, for checkpoints: restored by copying into these tensors.</summary>
    IEnumerable<KeyValuePair<string, Tensor>> State { get; }

    /// <summary>Updates its parameters in place from their gradients; call it under <c>no_grad</c>.</summary>
    /// <param name="update">The number of this update, from 1.</param>
    /// <param name="rate">The learning rate.</param>
    void Update(int update, double rate);
}
