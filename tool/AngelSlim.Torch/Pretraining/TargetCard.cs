using System.Globalization;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Torch.Pretraining;

/// <summary>The model card of a pretrained target: what it is, how it was made, what lies beside it.</summary>
/// <param name="Settings">What it was made with.</param>
/// <param name="Vocabulary">Tokens.</param>
/// <param name="Parameters">Weights in all.</param>
/// <param name="Loss">At the end of training, in nats a learnt token.</param>
internal sealed record TargetCard(PretrainSettings Settings, int Vocabulary, long Parameters, double Loss)
{
    /// <summary>Markdown.</summary>
    public string Text => string.Join("\n\n", Description, Table, Origin).ReplaceLineEndings("\n") + "\n";

    private string Description => string.Create(CultureInfo.InvariantCulture, $"""
        ---
        license: apache-2.0
        language: en
        pipeline_tag: text-generation
        ---
        # A small target for speculative decoding

        A Qwen3 chat model of {Parameters / 1e6:0.0} million parameters, small enough to train, draft for and decode on a bare CPU.
        It was trained by the `pretrain` stage of `dotnet angelslim` on an endless synthetic corpus, and on nothing else:
        short stories, word problems with small numbers, JSON records, Python functions, facts about animals, guides and shop talk, all in English.
        It copies names, numbers and words from the question as a rule, its JSON can be read and its Python compiles; its arithmetic is often wrong.
        It knows nothing else, and is of no use but to try out tools.
        """);

    private string Table => string.Create(CultureInfo.InvariantCulture, $"""
        | | |
        |---|---|
        | layers, hidden, MLP | {Settings.Layers}, {Settings.HiddenSize}, {Settings.IntermediateSize} |
        | heads, key heads, head size | {Settings.Heads}, {Settings.KeyHeads}, {Settings.HeadSize} |
        | vocabulary | {Vocabulary}, byte-level BPE, trained on the corpus |
        | training | {Settings.Steps} steps of {Settings.BatchRows} conversations, AdamW, peak rate {Settings.LearningRate}, float32, seed {Settings.Seed} |
        | loss at the end | {Loss:0.000} nats a token, answers only |
        | weights | bfloat16 |
        """);

    private string Origin => string.Create(CultureInfo.InvariantCulture, $"""
        Made by `dotnet angelslim run` on a manifest whose `target.pretrain` has the settings above (the built-in `tiny-text`:
        `experiments/builtin/tiny-text.json`); this folder is the result of the `pretrain` step, as it is. With the same settings, one
        thread and the same kind of processor it comes out the same, byte for byte.

        - `train.jsonl`: {Settings.Conversations} conversations that this model answered itself, greedily, from these weights in float32, with the ids of every token it wrote.
        - `prompts.jsonl`: {Settings.Prompts} prompts, none of which is in `train.jsonl`.
        """);
}
