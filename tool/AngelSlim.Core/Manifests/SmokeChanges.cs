using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests;

/// <summary>What <c>--smoke</c> changes in a manifest: the same graph on a tiny random target of the same family, over a few rows that come with the tool.</summary>
/// <remarks>What is about size and time gives way; what is about method - mode, optimiser, objective, unroll, norms, speculative tokens - stays as it is asked.</remarks>
internal static class SmokeChanges
{
    private const string Pretrained = "qwen3";

    private static readonly string[] Unset =
    [
        "target.model", "target.revision", "target.assembly", "target.pretrain", "data.heldout", "draft.hiddenLayers", "draft.intermediateSize",
        "training.epochs", "training.patience", "expect", "sweep",
    ];

    /// <summary>Answers are written anew by the tiny target itself: no server has it.</summary>
    private static readonly ManifestChange[] Regenerated =
    [
        .. new[] { "regenerate.engine", "regenerate.servers", "regenerate.model" }.Select(name => new ManifestChange(ChangeKind.Unset, name)),
        new(ChangeKind.Set, "regenerate.maxNewTokens=8"), new(ChangeKind.Set, "regenerate.promptsAtOnce=4"),
    ];

    private static readonly string[] Set =
    [
        "data.heldoutShare=0.25", "draft.vocabulary=64", "training.steps=4", "training.batchRows=2", "training.warmupSteps=1", "training.evaluateEvery=2",
        "training.checkpointEvery=2", "evaluation.promptsPerFile=2", "evaluation.maxNewTokens=8",
    ];

    /// <summary>The changes, before those that the user makes.</summary>
    /// <param name="path">Of the manifest.</param>
    /// <param name="surroundings">Where the rows lie that come with the tool.</param>
    /// <exception cref="UserException">The manifest cannot be read, or nothing says of which family its target is.</exception>
    public static IReadOnlyList<ManifestChange> Of(string path, Surroundings surroundings)
    {
        var manifest = LocatedJson.ReadFile(path);
        var target = manifest.Find("target")?.Value ?? new LocatedValue(JsonValueKind.Null, "", manifest.Place);
        string Brought(string name) => new JsonArray(Path.Combine(surroundings.SmokeFolder, name)).ToJsonString();
        IEnumerable<string> set = [$"data.train={Brought("train.jsonl")}", $"evaluation.prompts={Brought("prompts.jsonl")}", .. Set];
        IEnumerable<ManifestChange> changes = manifest.Find("regenerate")?.Value.Kind is JsonValueKind.Object ? Regenerated : [];
        changes = [.. Unset.Select(name => new ManifestChange(ChangeKind.Unset, name)), .. changes, .. set.Select(text => new ManifestChange(ChangeKind.Set, text))];
        if (target.Find("builtin") is not null)
        {
            return [.. changes];
        }

        var family = Family(target, Path.GetDirectoryName(Path.GetFullPath(path))!)
            ?? throw new UserException(ProblemCode.Usage, "--smoke makes a tiny random target of the same family, and nothing here says which that is. Add 'family' to 'target', as in \"family\": \"qwen3\".", target.Place);
        return [.. changes, new ManifestChange(ChangeKind.Set, $"target.random={family}")];
    }

    private static string? Family(LocatedValue target, string folder)
    {
        string? Text(string member) => target.Find(member)?.Value is { Kind: JsonValueKind.String } value ? value.Text : null;
        if ((Text("random") ?? Text("family")) is { } said)
        {
            return said;
        }

        var config = Text("model") is { } model ? Path.Combine(folder, model, "config.json") : null;
        return target.Find("pretrain") is not null ? Pretrained
            : File.Exists(config) ? LocatedJson.ReadFile(config, "config").Find("model_type")?.Value.Text
            : null;
    }
}
