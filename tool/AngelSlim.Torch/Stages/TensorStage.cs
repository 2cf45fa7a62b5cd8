using System.Runtime.CompilerServices;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Stages;

/// <summary>A stage that computes with tensors. libtorch is loaded when the first one runs, never earlier.</summary>
/// <param name="name">Lower-case word; part of the key.</param>
/// <param name="version">Raised whenever the same settings and inputs would give other bytes.</param>
/// <param name="runtime">Where libtorch lies and how many threads it gets.</param>
internal abstract class TensorStage<TSettings, TInputs, TOutput>(string name, int version, TensorRuntime runtime)
    : Stage<TSettings, TInputs, TOutput>(name, version)
    where TSettings : class
    where TInputs : class
    where TOutput : Artifact
{
    /// <inheritdoc/>
    public sealed override string? Device => "cpu";

    /// <summary>As <see cref="Stage{TSettings, TInputs, TOutput}.Run"/>, inside a dispose scope that ends with the stage.</summary>
    /// <exception cref="DataException">The data is wrong.</exception>
    /// <exception cref="OperationCanceledException">The user wants to stop; what is done is on disk.</exception>
    protected abstract void Compute(TSettings settings, TInputs inputs, StageContext context);

    /// <inheritdoc/>
    protected sealed override void Run(TSettings settings, TInputs inputs, StageContext context)
    {
        NativeLibraries.Load(runtime.Packages);
        TensorMemory.Keep();
        try
        {
            ComputeLoaded(settings, inputs, context);
        }
        finally
        {
            TensorMemory.GiveBack();
        }
    }

    // Apart from Run: TorchSharp looks for libtorch as soon as a method that names one of its types is compiled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ComputeLoaded(TSettings settings, TInputs inputs, StageContext context)
    {
        // The number belongs to the thread. Asked first: a thread takes over what any thread has set last when it first asks, and keeps its own after that.
        _ = get_num_threads();
        set_num_threads(runtime.Threads);
        using var scope = NewDisposeScope();
        Compute(settings, inputs, context);
    }
}

/// <summary>What tensor stages need of the machine.</summary>
/// <param name="Packages">The NuGet package folder: <c>NUGET_PACKAGES</c>, else <c>~/.nuget/packages</c>.</param>
/// <param name="Threads">Threads of libtorch, at least 1. Recorded with a run, not part of a key.</param>
internal sealed record TensorRuntime(string Packages, int Threads)
{
    /// <summary>Bytes that a step may need; what fits is decided by it, never a result.</summary>
    public Func<long> Memory { get; init; } = () => long.MaxValue;
}
