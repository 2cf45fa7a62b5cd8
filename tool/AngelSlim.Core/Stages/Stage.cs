using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Stages;

/// <summary>One kind of step, as the planner and the runner see it.</summary>
public interface IStage
{
    /// <summary>Lower-case word: <c>capture</c>. Part of the key and of the path in the store.</summary>
    string Name { get; }

    /// <summary>Raised whenever the same settings and inputs would give other bytes. Part of the key.</summary>
    int Version { get; }

    /// <summary>Kind of device whose arithmetic the bytes depend on: <c>cpu</c>; null where they depend on none. Part of the key.</summary>
    string? Device { get; }

    /// <summary>A record with true defaults; every property is in the key unless it is <see cref="IncidentalAttribute">incidental</see>.</summary>
    Type Settings { get; }

    /// <summary>A record whose constructor takes artifacts: <c>T</c>, <c>T?</c> or <c>IReadOnlyList&lt;T&gt;</c>.</summary>
    Type Inputs { get; }

    /// <summary>The artifact that it makes: a record that is made from its folder alone.</summary>
    Type Output { get; }

    /// <summary>Files of the artifact that differ between equal runs: those with a clock in them. By their paths, with forward slashes.</summary>
    IReadOnlyList<string> Unsteady { get; }

    /// <summary>What it needs of the machine while it runs; asked when its inputs are there, and before libtorch is.</summary>
    Needs NeedsOf(object settings, object inputs);

    /// <summary>Does the work. Synchronous: tensors belong to one thread.</summary>
    void Run(object settings, object inputs, StageContext context);
}

/// <summary>One kind of step. From the three types the base derives reader, schema, graph checks, key and help; nothing is listed by hand.</summary>
/// <param name="name">Lower-case word; part of the key.</param>
/// <param name="version">Raised whenever the same settings and inputs would give other bytes.</param>
public abstract class Stage<TSettings, TInputs, TOutput>(string name, int version) : IStage
    where TSettings : class
    where TInputs : class
    where TOutput : Artifact
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public int Version { get; } = version;

    /// <inheritdoc/>
    public virtual string? Device => null;

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> Unsteady => [];

    Type IStage.Settings => typeof(TSettings);

    Type IStage.Inputs => typeof(TInputs);

    Type IStage.Output => typeof(TOutput);

    /// <summary>What it needs of the machine; little, unless a stage says otherwise.</summary>
    protected virtual Needs NeedsOf(TSettings settings, TInputs inputs) => new();

    /// <summary>Writes the artifact's files into <see cref="StageContext.Output"/>. Called again after a kill with what was there.</summary>
    /// <exception cref="DataException">The data is wrong.</exception>
    /// <exception cref="OperationCanceledException">The user wants to stop; what is done is on disk.</exception>
    protected abstract void Run(TSettings settings, TInputs inputs, StageContext context);

    Needs IStage.NeedsOf(object settings, object inputs) => NeedsOf((TSettings)settings, (TInputs)inputs);

    void IStage.Run(object settings, object inputs, StageContext context) => Run((TSettings)settings, (TInputs)inputs, context);
}
