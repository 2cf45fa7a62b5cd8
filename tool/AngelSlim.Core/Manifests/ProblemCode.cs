namespace AngelSlim.Core.Manifests;

/// <summary>Every code there is. A code is never reused for another meaning.</summary>
/// <remarks>ASL0xxx the question (manifest, options); ASL1xxx data that came from outside; ASL2xxx results; ASL3xxx the machine and the store. <c>docs/problems.md</c> is written from this file.</remarks>
internal static class ProblemCode
{
    // The manifest.
    [Explained(
        "A manifest, a value of `--set`, or the file of `--set-file` is not JSON in UTF-8. Comments and trailing commas are allowed.",
        "Mend the text at the place; the message says what the parser expected there.")]
    public const string NotJson = "ASL0001";

    [Explained(
        "No setting has this name.",
        "Take the name that the message suggests, or take the member out. `dotnet angelslim schema` lists every setting.")]
    public const string UnknownMember = "ASL0002";

    [Explained(
        "An object has a member twice; programs differ in which one they take.",
        "Keep one of the two.")]
    public const string DuplicateMember = "ASL0003";

    [Explained(
        "A setting that has no default is not given.",
        "Add it; the message says of what type it is.")]
    public const string MissingMember = "ASL0004";

    [Explained(
        "A setting is of another JSON type: a text for a number, a single value for a list, null where there has to be a value.",
        "Write it as the message says; in `--set` a list is `[2,4]` and a text needs no quotes.")]
    public const string WrongType = "ASL0005";

    [Explained(
        "A value is of the right type, but not within its limits: too large, too small, there twice, too few items, not of the form.",
        "Take a value within the limits that the message names.")]
    public const string OutOfRange = "ASL0006";

    [Explained(
        "A file, folder or model that is named is not there, or not readable. Paths in a manifest are relative to the manifest.",
        "Correct the path, or fetch the file; the message says where was looked.")]
    public const string MissingFile = "ASL0007";

    [Explained(
        "Settings that are each right do not go together, or one of them has no effect beside the other (a warning).",
        "Keep the one that is meant; the message names both.")]
    public const string Contradiction = "ASL0008";

    [Explained(
        "A word that is none of a setting's choices, or a name that stands for nothing here.",
        "Take one of those in the message.")]
    public const string UnknownValue = "ASL0009";

    [Explained(
        "The command line cannot be followed.",
        "Correct the option; `--help` behind a verb shows all of them with an example.")]
    public const string Usage = "ASL0010";

    [Explained(
        "The hub has the model, and this user may not read it: its licence was not accepted, it is private, or the token is not valid.",
        "Accept the licence on the model's page, and set `HF_TOKEN` to a token of that account.")]
    public const string NoAccess = "ASL0011";

    [Explained(
        "A step that is named is none of the experiment's.",
        "Take a name that `plan` shows; the message says the nearest.")]
    public const string UnknownStep = "ASL0020";

    [Explained(
        "A part of the run was chosen (`--only`, `--from`), and what it starts from is not in the store; or a baseline is to be made of evaluations that are not there.",
        "Make that first with `run`, of a part with `--until`, or choose more.")]
    public const string MissingResult = "ASL0021";

    // Data from outside.
    [Explained(
        "A row of a JSONL file cannot be read as a conversation or a prompt.",
        "Mend the row at the file and line, or set `data.onBadRow` to `skip`.")]
    public const string BadRow = "ASL1001";

    [Explained(
        "A weight file is damaged, incomplete, or not of the model that its config describes.",
        "Fetch the checkpoint again; when it is whole, the message names the tensor that differs.")]
    public const string BadWeights = "ASL1002";

    [Explained(
        "A config.json or generation_config.json lacks something, or asks for something that is not supported; it is refused rather than guessed.",
        "Use a model of a supported family, or mend the member that the message names.")]
    public const string BadConfig = "ASL1003";

    [Explained(
        "A tokenizer.json, or the files in its place, is damaged or has a part that is not supported.",
        "Fetch the file again; a part that is not supported is named, and needs another model.")]
    public const string BadTokenizer = "ASL1004";

    [Explained(
        "The target's chat template cannot be run, or raises an error for a conversation.",
        "Mend the conversation or the template at the place; the message has the template's own words.")]
    public const string BadTemplate = "ASL1005";

    [Explained(
        "Nothing is left to train on, or to measure on, after reading the data.",
        "Add rows, or change what filters them: `data.heldoutShare`, `data.maxTokens`, `evaluation.prompts`.")]
    public const string NoRows = "ASL1006";

    [Explained(
        "A draft that was exported or captured does not read back as what it should be.",
        "Run again; if it stays, the folder was changed after it was made: delete it.")]
    public const string BadDraft = "ASL1007";

    [Explained(
        "A file that a run reads was changed while it ran, so that its results would not be of one content.",
        "Leave the files alone during a run, and run again.")]
    public const string SourceChanged = "ASL1008";

    [Explained(
        "The assembly that `target.assembly` names is none, has no family of targets, has one that clashes with another, or a family in it fails.",
        "Name the .dll of a family's project that was built against this tool; mend the family where the message says.")]
    public const string BadFamily = "ASL1009";

    [Explained(
        "What came from the hub is not what it said: another hash, another size, no list of files, a way that leads in circles.",
        "Run again. If it stays, look at `HF_ENDPOINT` and at proxies on the way, or fetch the model by other means and name its folder.")]
    public const string BadDownload = "ASL1010";

    [Explained(
        "Every token of every row counts in training, or none does: the chat template does not tell prompts from answers, or no answer is in the rows.",
        "Look at the chat template that the message names and at the roles in `data.train`; raise `data.maxTokens` if answers begin behind it.")]
    public const string OneSidedMask = "ASL1011";

    // Results.
    [Explained(
        "A loss, gradient or weight stopped being a number during training; the weights before it are kept.",
        "Lower `training.learningRate`, or look at the batch that was kept beside the log.")]
    public const string Diverged = "ASL2001";

    [Explained(
        "The run came to its end, but below what `expect` asks for; exit code 4.",
        "Look at the report for why, or change the expectation if it was too high.")]
    public const string ExpectationMissed = "ASL2002";

    [Explained(
        "In float32 the text with a draft differs from the plain text: speculative decoding would change what a model says.",
        "This is a fault of the tool or of the export; keep the folder and report it.")]
    public const string TextsDiffer = "ASL2003";

    [Explained(
        "The same recipe gave other bytes than the store has.",
        "Compare the two folders. Where only floats differ, threads or another processor may be the reason; else the stage is at fault.")]
    public const string Nondeterministic = "ASL2004";

    [Explained(
        "`--frozen` allows nothing to run, and something would; exit code 9.",
        "Run without `--frozen`, or put back what the results were made of.")]
    public const string WouldRun = "ASL2005";

    [Explained(
        "There is nothing to compare with: no baseline lies there; exit code 5. That is never taken for a pass.",
        "Make one with `baseline set` of a run that is known to be good, read it, and commit it; or name another with `--baseline`.")]
    public const string NoBaseline = "ASL2006";

    [Explained(
        "An acceptance length has fallen, and whether it fell by less than the margin is not certain; exit code 4.",
        "Look at the figures by source and position for where it fell. If the drop is meant, `baseline bless --reason` takes the new figures as the measure.")]
    public const string Regressed = "ASL2007";

    [Explained(
        "The prompts are too few, or differ too much, to tell a drop from chance; exit code 5.",
        "Measure more prompts: raise `evaluation.promptsPerFile` and `evaluation.maxNewTokens`, and make the baseline of them too.")]
    public const string Undecided = "ASL2008";

    [Explained(
        "Two measurements are not of one thing: another target, other prompts, settings or estimator; exit code 5.",
        "Undo the difference that the message names, or take the new measurement as the measure with `baseline bless --reason`.")]
    public const string Incomparable = "ASL2009";

    // The machine and the store.
    [Explained(
        "Another process makes this result at the moment; exit code 7.",
        "Wait for it, or run without `--no-wait`; the message says who holds it.")]
    public const string StoreBusy = "ASL3001";

    [Explained(
        "A result or a record in the store is not what was written.",
        "Delete the folder that the message names; the next run makes it again.")]
    public const string StoreCorrupt = "ASL3002";

    [Explained(
        "The disk is full, or would be; what was done is kept.",
        "Free some space and run again.")]
    public const string DiskFull = "ASL3003";

    [Explained(
        "libtorch, which computes with tensors, is not on this machine.",
        "Run the command that the message has; `NUGET_PACKAGES` says where it is looked for.")]
    public const string NoNativeLibrary = "ASL3004";

    [Explained(
        "A newer version of the tool wrote this store.",
        "Update the tool, or name another store with `--store`.")]
    public const string StoreNewer = "ASL3005";

    [Explained(
        "The system refused to read or write a file.",
        "Correct rights or path; the message has the system's own words.")]
    public const string FileSystem = "ASL3006";

    [Explained(
        "The machine's memory is used up.",
        "Make what is kept at once smaller: `training.batchRows`, `data.maxTokens`; or use a larger machine.")]
    public const string OutOfMemory = "ASL3007";

    [Explained(
        "A cache of results cannot be reached, or does not let something be read or written.",
        "Check place, rights and credentials as the message says, and give the same command again: it goes on with what is missing.")]
    public const string CacheRefuses = "ASL3008";

    [Explained(
        "What a cache holds under a key is not that result, or not all of it; nothing of it was taken.",
        "Take it out with `cache verify --fix`, and push it again from a store that has it.")]
    public const string CacheCorrupt = "ASL3009";

    [Explained(
        "The hub cannot be reached, or breaks off again and again; exit code 8. What came is kept.",
        "Look at the network and at `HF_ENDPOINT`, `HTTPS_PROXY` and `NO_PROXY`, and run again; `--offline` works with what is on this machine.")]
    public const string HubUnreachable = "ASL3010";

    [Explained(
        "No server of `regenerate.servers` answers any more; exit code 8. The answers that came are kept.",
        "Look at the servers' own logs, start them again, and give the same command again: it asks for what is missing. `regenerate.retries` and `regenerate.timeoutSeconds` say how long they are waited for.")]
    public const string NoServerAnswers = "ASL3011";

    [Explained(
        "A server refuses every request of this kind: it does not have the model, wants a key, or is no server of chat completions; exit code 8.",
        "Correct `regenerate.servers` or `regenerate.model` as the server's words say, or set `OPENAI_API_KEY`; the same command goes on.")]
    public const string ServerRefuses = "ASL3012";
}
