using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Reporting;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Stages;

/// <summary>Trains a draft: from captured states, or with the target at work beside it.</summary>
internal sealed class TrainStage(TensorRuntime runtime) : TensorStage<TrainSettings, TrainInputs, TrainedDraft>("train", version: 3, runtime)
{
    private readonly TensorRuntime _runtime = runtime;

    /// <inheritdoc/>
    protected override Needs NeedsOf(TrainSettings settings, TrainInputs inputs)
    {
        var memory = new TrainingMemory(settings, inputs.Target);
        return new(memory.Bytes(Recomputes(memory, settings, inputs)) + Others(settings, inputs));
    }

    /// <inheritdoc/>
    protected override void Compute(TrainSettings settings, TrainInputs inputs, StageContext context)
    {
        // Before the target is loaded: what it takes is not free any more then.
        var recompute = Recomputes(new(settings, inputs.Target), settings, inputs);
        var type = ElementType.Of(settings.Dtype).Scalar;
        var families = TargetCatalog.For(inputs.Target);
        if (inputs.Features is { } features)
        {
            var ends = TargetEnds.Load(inputs.Target.Folder, type, families);
            var layers = TargetModel.HiddenLayers(settings.Draft.HiddenLayers, ends.Config.Layers);
            var train = StoredFeatures.Open(features.Folder, description => description.Train, layers);
            var heldout = StoredFeatures.Open(features.Folder, description => description.Heldout, layers);
            Train(settings, inputs, new(ends, train, heldout, recompute), context);
        }
        else
        {
            using var target = TargetModel.Load(inputs.Target.Folder, type, CPU, families);
            var layers = TargetModel.HiddenLayers(settings.Draft.HiddenLayers, target.Config.Layers);
            LiveFeatures Rows(string file) => new(target, layers, [.. TokenRowFile.Read(file, target.Config.Vocabulary)]);
            Train(settings, inputs, new(TargetEnds.Of(target), Rows(inputs.Rows.Train), Rows(inputs.Rows.Heldout), recompute), context);
        }
    }

    private static void Train(TrainSettings settings, TrainInputs inputs, Material material, StageContext context)
    {
        if (material.Train.Count is 0)
        {
            throw new DataException(ProblemCode.NoRows, "there is no row to train on. Look at what tokenize said about the conversations.", new TextPlace(inputs.Rows.Train));
        }

        using var draft = First(settings, inputs.Words, material.Target);
        var training = settings.Training;
        var order = new RowOrder(material.Train.Count, training.BatchRows, training.Seed);
        var steps = training.Steps ?? (int)Math.Min((long)training.Epochs * order.StepsPerEpoch, int.MaxValue);
        var task = new TrainingTask(draft, material.Target.Head_VD, material.Train, order.At, steps)
        {
            Heldout = material.Heldout,
            Recompute = material.Recompute,
            Scratch = context.Scratch,
        };
        var snapshots = new Snapshots(context.Scratch, draft, training, inputs.Rows.Heldout);
        snapshots.RefuseUnless(material.Heldout.Count > 0);
        using var trainer = new Trainer(task, training);
        new TrainingRun(trainer, training, context, snapshots).Finish();
        snapshots.Publish(context.Output, HeldoutTable.Read(new TrainedDraft(context.Output).Heldout));
    }

    private static Eagle3Draft First(TrainSettings settings, DraftWords words, TargetEnds target)
    {
        var list = DraftWordList.Read(words.File);
        if (list.TargetVocabulary != target.Config.Vocabulary)
        {
            throw new DataException(
                ProblemCode.BadDraft,
                $"the draft's words are of a target with {list.TargetVocabulary} words, but this one has {target.Config.Vocabulary}. Make the vocabulary with this target.",
                new TextPlace(words.File));
        }

        var config = DraftConfig.For(settings.Draft, settings.Training.Compatibility, target.Config, list.Words.Length);
        var weights = FirstWeights.Draw(config, settings.Draft.InitialDeviation, settings.Training.Seed);
        return FirstWeights.Draft(settings.Draft, config, weights, new([.. list.Words.Select(word => (long)word)], list.TargetVocabulary), target);
    }

    private static long Others(TrainSettings settings, TrainInputs inputs) =>
        MemoryEstimate.Rest + (inputs.Features is null ? MemoryEstimate.Target(inputs.Target, settings.Dtype) : MemoryEstimate.TargetEnds(inputs.Target, settings.Dtype));

    private bool Recomputes(TrainingMemory memory, TrainSettings settings, TrainInputs inputs) => memory.Recomputes(_runtime.Memory() - Others(settings, inputs));

    /// <summary>What is trained on, and how.</summary>
    private sealed record Material(TargetEnds Target, IFeatureSource Train, IFeatureSource Heldout, bool Recompute);
}
