using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>What was asked: one manifest. States intent; the graph is worked out from it.</summary>
public sealed record Experiment
{
    /// <summary>Names the run in tables and reports: letters, digits, dot, dash, underscore.</summary>
    [Example("\"qwen3-0.6b-eagle3\"")]
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    public required string Name { get; init; }

    /// <summary>The model whose words the draft learns to guess.</summary>
    public required TargetSettings Target { get; init; }

    /// <summary>What the target reads.</summary>
    public Modality Modality { get; init; } = Modality.Text;

    /// <summary>Where the target's hidden states come from while the draft trains.</summary>
    public Mode Mode { get; init; } = Mode.Offline;

    /// <summary>What the draft learns from.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>The shape of the draft.</summary>
    public DraftSettings Draft { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingSettings Training { get; init; } = new();

    /// <summary>How it is used.</summary>
    public SpeculationSettings Speculation { get; init; } = new();

    /// <summary>In which forms it leaves.</summary>
    public ExportingSettings Export { get; init; } = new();

    /// <summary>What it is measured on.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();

    /// <summary>The target writes the answers of the data anew before anything is learnt from them; none: the data is taken as it is.</summary>
    public RegenerationSettings? Regenerate { get; init; }

    /// <summary>What must come out; a run that misses it fails.</summary>
    public ExpectSettings? Expect { get; init; }

    /// <summary>Settings to try several values of, in one run with one table.</summary>
    public SweepSettings? Sweep { get; init; }
}

/// <summary>What the target reads.</summary>
public enum Modality
{
    /// <summary>Text.</summary>
    Text,
}

/// <summary>Where the target's hidden states come from while the draft trains.</summary>
public enum Mode
{
    /// <summary>From disk: captured once, read every epoch.</summary>
    Offline,

    /// <summary>From the target, which runs again every epoch.</summary>
    Online,
}

/// <summary>The type that numbers are computed in.</summary>
public enum Dtype
{
    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>The upper half of a float32.</summary>
    Bfloat16,
}

/// <summary>What must come out of a run.</summary>
public sealed record ExpectSettings
{
    /// <summary>The acceptance length, by number of speculative tokens, or of the <c>tree</c>: <c>{ "4": 3.0 }</c> asks for at least 3.0 at k = 4.</summary>
    [EachInRange(1, 17)]
    [Example("{ \"4\": 3.0 }")]
    public IReadOnlyDictionary<string, double> AcceptanceLengthAtLeast { get; init; } = new Dictionary<string, double>();
}
