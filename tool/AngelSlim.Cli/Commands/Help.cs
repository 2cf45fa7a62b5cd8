using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Cli.Commands;

/// <summary>Words that several verbs' help shares.</summary>
internal static class Help
{
    /// <summary>Of the argument that names a manifest.</summary>
    public const string Manifest = "The manifest, a JSON file";

    /// <summary>Of <c>--set</c>.</summary>
    public const string Set = "Change a setting: a dotted path and its value, as in --set training.steps=50 or --set speculation.tokens=[2,4]; repeatable";

    /// <summary>Of <c>--set-file</c>.</summary>
    public const string SetFile = "Change a setting to the JSON in a file; repeatable";

    /// <summary>Of <c>--unset</c>.</summary>
    public const string Unset = "Leave a setting out, so that its default holds; repeatable";

    /// <summary>Of <c>--offline</c>.</summary>
    public const string Offline = "Never touch the network: a hub model that is not on this machine is an error. HF_HUB_OFFLINE=1 does the same";

    /// <summary>Of the argument that names a manifest only for its store.</summary>
    public const string ManifestThatWasRun = "A manifest that was run; the store of this folder when left out";

    /// <summary>Of the argument that names a run.</summary>
    public const string Run = "The number of a run, the name of an experiment or a manifest for its last run, or last";

    /// <summary>Of <c>--store</c>.</summary>
    public const string Store = "Folder of results; .angelslim in the manifest's folder when left out";

    /// <summary>Of <c>--store</c> where no manifest is named.</summary>
    public const string StoreHere = "Folder of results; .angelslim in this folder when left out";

    /// <summary>Of <c>--smoke</c>.</summary>
    public const string Smoke = "The same graph in seconds: a tiny random target of the same family (target.family), a few rows and steps, a store of its own (.angelslim-smoke). Shows that everything fits together";

    /// <summary>Of <c>--events</c>.</summary>
    public const string Events = "Write what happens to this file while it does, a line of JSON each; - for standard output, which then has nothing else";

    /// <summary>Of the verbs that begin with <c>cache</c>.</summary>
    public const string Cache = "Shares results between machines: push, pull, list, verify.";

    /// <summary>Of the verbs that begin with <c>baseline</c>.</summary>
    public const string Baseline = "Keeps what a draft has reached in a file to commit: set, show, bless.";

    /// <summary>Of the option that names a baseline.</summary>
    public const string BaselineFile = "The baseline; baselines/NAME.json beside the manifest when left out";

    /// <summary>Of <c>--json</c>.</summary>
    public const string Json = "One JSON document on standard output instead of a table";
}

/// <summary>Takes the verb that was chosen. A verb is one class with one method, which only notes what is to be done; a line in <see cref="CommandLine"/> adds it.</summary>
internal sealed class Choice
{
    /// <summary>What to do; null as long as nothing is chosen.</summary>
    public Func<Machine, int>? Verb { get; set; }

    /// <summary>What the command line changes in the manifest, in its order; set before the verb's method is called.</summary>
    public IReadOnlyList<ManifestChange> Changes { get; set; } = [];
}
