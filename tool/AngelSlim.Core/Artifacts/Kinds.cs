namespace AngelSlim.Core.Artifacts;

/// <summary>A file that the user brought (conversations, prompts). Enters keys by the digest of its bytes.</summary>
public sealed record SourceFile(string Folder, string Name) : Artifact(Folder)
{
    /// <summary>Its absolute path.</summary>
    public string Path => At(Name);

    /// <inheritdoc/>
    internal override string Location => Path;
}

/// <summary>A target model as a Hugging Face folder: <c>config.json</c>, weights in safetensors, tokenizer, generation config.</summary>
public sealed record TargetFolder(string Folder) : Artifact(Folder)
{
    /// <summary>The assembly with its family, an absolute path; its bytes count as the folder's do. Null: the tool knows the family.</summary>
    public string? Assembly { get; init; }
}

/// <summary>Conversations whose answers the target wrote: <c>train.jsonl</c>, <c>heldout.jsonl</c> where rows were brought for it, <c>summary.json</c>.</summary>
public sealed record Conversations(string Folder) : Artifact(Folder)
{
    /// <summary>One conversation a line, in the order of the files that they come from.</summary>
    public string Train => At("train.jsonl");

    /// <summary>The same of the held-out files; not there without any.</summary>
    public string Heldout => At("heldout.jsonl");

    /// <summary>Rows, tokens, how answers ended.</summary>
    public string Summary => At("summary.json");
}

/// <summary>Tokenized rows with their loss masks: <c>train.jsonl</c> and <c>heldout.jsonl</c>.</summary>
public sealed record TokenRows(string Folder) : Artifact(Folder)
{
    /// <summary>One <c>TokenRow</c> a line.</summary>
    public string Train => At("train.jsonl");

    /// <summary>One <c>TokenRow</c> a line; may be empty.</summary>
    public string Heldout => At("heldout.jsonl");
}

/// <summary>The draft's words: <c>vocabulary.json</c> with the target ids, ascending, and the coverage on the training rows.</summary>
public sealed record DraftWords(string Folder) : Artifact(Folder)
{
    /// <summary>Target ids and coverage.</summary>
    public string File => At("vocabulary.json");
}

/// <summary>Hidden states of the target over all rows: sharded safetensors.</summary>
public sealed record Features(string Folder) : Artifact(Folder);

/// <summary>A trained draft: <c>draft.safetensors</c> in float32, <c>draft.json</c>, <c>curve.csv</c>.</summary>
public sealed record TrainedDraft(string Folder) : Artifact(Folder)
{
    /// <summary>One line per optimiser step.</summary>
    public string Curve => At("curve.csv");

    /// <summary>One line per held-out evaluation.</summary>
    public string Heldout => At("heldout.csv");
}

/// <summary>A draft as vLLM and SGLang load it: <c>config.json</c>, <c>model.safetensors</c>, model card, launch commands.</summary>
public sealed record ExportedDraft(string Folder) : Artifact(Folder)
{
    /// <summary>Scripts that start a server with target and draft.</summary>
    public string Launch => At("launch");
}

/// <summary>Acceptance and speed on prompts: <c>summary.json</c>, <c>rounds.jsonl</c>.</summary>
public sealed record Evaluation(string Folder) : Artifact(Folder)
{
    /// <summary>Acceptance length, per position, speed.</summary>
    public string Summary => At("summary.json");

    /// <summary>One line per prompt with every round of it.</summary>
    public string Rounds => At("rounds.jsonl");

    /// <summary>Seconds; the only file that differs between equal runs.</summary>
    public string Timing => At("timing.json");
}

/// <summary>The report of a run: <c>report.md</c> and its pictures.</summary>
public sealed record Report(string Folder) : Artifact(Folder)
{
    /// <summary>The text.</summary>
    public string Markdown => At("report.md");
}
