using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;

namespace AngelSlim.Core.Tests.Planning;

/// <summary>Every stage by its contract alone: for graphs, which are never run.</summary>
internal static class Contracts
{
    public static IReadOnlyList<IStage> Stages { get; } =
    [
        new Contract<PretrainSettings, PretrainInputs, TargetFolder>("pretrain"),
        new Contract<RegenerateSettings, RegenerateInputs, Conversations>("regenerate"),
        new Contract<AskSettings, RegenerateInputs, Conversations>("ask"),
        new Contract<TokenizeSettings, TokenizeInputs, TokenRows>("tokenize"),
        new Contract<VocabularySettings, VocabularyInputs, DraftWords>("vocabulary"),
        new Contract<CaptureSettings, CaptureInputs, Features>("capture"),
        new Contract<TrainSettings, TrainInputs, TrainedDraft>("train"),
        new Contract<ExportSettings, ExportInputs, ExportedDraft>("export"),
        new Contract<EvaluateSettings, EvaluateInputs, Evaluation>("evaluate"),
        new Contract<ReportSettings, ReportInputs, Report>("report"),
    ];

    public static StageCatalog All { get; } = new(Stages);

    private sealed class Contract<TSettings, TInputs, TOutput>(string name) : Stage<TSettings, TInputs, TOutput>(name, version: 1)
        where TSettings : class
        where TInputs : class
        where TOutput : Artifact
    {
        protected override void Run(TSettings settings, TInputs inputs, StageContext context) =>
            throw new InvalidOperationException("Graphs are not run here.");
    }
}
