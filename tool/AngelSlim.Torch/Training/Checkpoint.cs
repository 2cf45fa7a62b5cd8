using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>A run's state on disk: weights, what the optimisers remember, and how many steps were taken. There is no random state: all draws are functions of the step.</summary>
internal static class Checkpoint
{
    private const string FileName = "checkpoint.safetensors";
    private const string Taken = "taken";

    /// <summary>Replaces the checkpoint by one rename: a kill leaves the old one or the new one.</summary>
    public static void Save(string folder, Trainer trainer) => SafetensorsWriter.Write(
        Path.Combine(folder, FileName),
        trainer.State.ToDictionary(),
        new Dictionary<string, string> { [Taken] = trainer.Taken.ToString(CultureInfo.InvariantCulture) });

    /// <summary>Takes up the checkpoint, if there is one.</summary>
    /// <exception cref="DataException">It is of another run.</exception>
    public static void Restore(string folder, Trainer trainer)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, value) in trainer.State)
        {
            value.copy_(file.Load(name).Shaped(value.shape, name));
        }

        trainer.Taken = file.Metadata.TryGetValue(Taken, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var taken)
            && taken >= 0 && taken <= trainer.Steps
            ? taken
            : throw new DataException(ProblemCode.BadWeights, $"the number of steps taken, 0 to {trainer.Steps}, should be in the metadata; '{text}' found. Delete the file to train from the beginning.", new TextPlace(path));
    }
}
