using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Testing;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Objectives;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts;

/// <summary>A folder of <c>golden/eagle3</c>: a draft, and tensors that the reference implementation gave.</summary>
internal sealed class DraftCase : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> _files = [];

    public DraftCase(string folder, DraftRope rope)
    {
        Folder = folder;
        var model = File("model");
        var config = DraftConfigFile.Read(Path.Combine(folder, "config.json"), usualLayers: [1, 3, 4]);
        var weights = DraftWeights.Shapes(config).Keys.ToDictionary(name => name, name => model.Read(name).requires_grad_());

        // AngelSlim takes base 10000 whatever the config says.
        config = rope is DraftRope.Angelslim ? config with { Rope = DraftConfig.AsAngelslim(config.Rope) } : config;
        Draft = new(config, weights, DraftVocabulary.FromOffsets(model.Load("d2t"), config.TargetWords), model.Load("embed_tokens.weight"));
    }

    public string Folder { get; }

    public Eagle3Draft Draft { get; }

    /// <summary>The case's folders by name, those that the project carries first.</summary>
    public static IEnumerable<string> Named(params string[] prefixes) =>
        Golden.Cases("eagle3", "io.safetensors")
            .Where(folder => prefixes.Any(Path.GetFileName(folder)!.StartsWith))
            .DistinctBy(Path.GetFileName);

    public bool Has(string file) => System.IO.File.Exists(Path.Combine(Folder, file + ".safetensors"));

    public SafetensorsFile File(string name)
    {
        if (!_files.TryGetValue(name, out var file))
        {
            _files.Add(name, file = SafetensorsFile.Open(Path.Combine(Folder, name + ".safetensors")));
        }

        return file;
    }

    /// <summary>Runs the draft over the case's text.</summary>
    /// <param name="batch">What stands before the tensors' names: <c>batch0.</c> in training cases.</param>
    /// <param name="unroll">Steps.</param>
    public IReadOnlyList<DraftStep> Unrolled(string batch = "", int unroll = 7)
    {
        var ids_BT = File("io").Load(batch + "input_ids");
        return Unroll.Over(Draft, File("io").Load(batch + "aux"), ids_BT, arange(ids_BT.shape[1]).expand(1, ids_BT.shape[0], -1), Documents.Rows(ids_BT), unroll);
    }

    /// <summary>The loss, divided as the normaliser says, and its figures.</summary>
    public (Tensor Loss, UnrollFigures Figures) Judged(IReadOnlyList<DraftStep> steps, Gate gate, Normalizer normalizer, string batch = "")
    {
        // Scores instead of states are given: they are the states of a target whose head is the identity.
        var scores_BTV = File("io").Load(batch + "target_logits");
        var teacher = new Teacher(scores_BTV.flatten(0, 1), eye(scores_BTV.shape[2]), Draft.Vocabulary);
        var settings = new LossSettings(new CrossEntropy(), 0.8, gate, normalizer);
        var documents = Documents.Rows(scores_BTV);
        var judged = BlockedLoss.Of([.. steps.Select(step => step.Normed_BTD)], Draft.Head_WD, teacher, File("io").Load(batch + "loss_mask"), documents, settings);
        return (judged.Sum / settings.Divisor(judged.Figures, [.. documents.Lengths]), judged.Figures);
    }

    public void Dispose()
    {
        Draft.Dispose();
        foreach (var file in _files.Values)
        {
            file.Dispose();
        }
    }
}
