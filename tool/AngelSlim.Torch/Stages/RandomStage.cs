using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Pretraining;
using AngelSlim.Torch.Targets;

namespace AngelSlim.Torch.Stages;

/// <summary>Makes a tiny target of a family with random weights, so that a graph can be tried in seconds.</summary>
internal sealed class RandomStage(TensorRuntime runtime) : TensorStage<RandomSettings, RandomInputs, TargetFolder>("random", version: 1, runtime)
{
    private const long Seed = 1;

    private static readonly string[] Lent = ["tokenizer_config.json", "generation_config.json"];

    /// <inheritdoc/>
    protected override Needs NeedsOf(RandomSettings settings, RandomInputs inputs) => new(MemoryEstimate.Rest);

    /// <inheritdoc/>
    protected override void Compute(RandomSettings settings, RandomInputs inputs, StageContext context)
    {
        var family = TargetCatalog.Families.FirstOrDefault(family => family.ModelType == settings.Family)
            ?? throw new DataException(ProblemCode.BadConfig, $"'target.random' is '{settings.Family}'; expected one of {string.Join(", ", TargetCatalog.Families.Select(family => family.ModelType))}.");
        var tokenizer = CheckpointFiles.TokenizerOf(name => File.Exists(Path.Combine(inputs.Tokenizer.Folder, name))) ?? [CheckpointFiles.Tokenizer];
        foreach (var file in tokenizer.Concat(Lent))
        {
            File.Copy(Path.Combine(inputs.Tokenizer.Folder, file), Path.Combine(context.Output, file), overwrite: true);
        }

        RandomTarget.Write(context.Output, family, Tokenizer.Load(context.Output).VocabularySize, Seed);
    }
}
