using System.Text.Json.Nodes;
using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>show</c> was asked.</summary>
internal sealed record ShowOptions(string Run, string? Store, bool All, bool Json);

/// <summary>Shows all that a store remembers of one run.</summary>
internal sealed class ShowCommand(Machine machine, ShowOptions options)
{
    /// <summary>Does it.</summary>
    /// <exception cref="UserException">There is no store, or no such run.</exception>
    public int Execute()
    {
        var (store, run) = ExistingStore.WithRun(machine, options.Run, options.Store);
        using (store)
        {
            var detail = RunDetail.Of(store.Database, run);
            var settings = EffectiveSetting.Of(JsonNode.Parse(detail.Effective)!.AsObject()).Where(setting => options.All || !setting.IsDefault).ToList();
            machine.Output.WriteLine(options.Json
                ? ShowDocument.Of(detail, settings, store.Artifacts).ToJson()
                : string.Join("\n\n", Parts(detail, settings, store).Where(part => part.Length > 0)));
            return ExitCode.Done;
        }
    }

    private IEnumerable<string> Parts(RunDetail detail, IReadOnlyList<EffectiveSetting> settings, ExistingStore store)
    {
        var run = detail.Run;
        yield return $"{RunTable.Of([run], machine.Clock.GetUtcNow())}\n{run.Manifest}, with {Words.Count(run.Place.Threads, "thread")} by process {run.Place.Pid} on {run.Place.Host}, tool {run.Place.Tool}";
        yield return Settings(settings);
        yield return Steps(detail.Steps);
        yield return Metrics(detail.Steps);
        yield return Inputs(detail.Steps);
        yield return string.Join('\n', detail.Steps.Where(step => step.Message is not null).Select(step => $"{step.Id}: {Told.OnOneLine(step.Message!.Split('\n')[0])}"));
        yield return string.Join('\n', detail.Verdicts.Select(verdict => Words.Of(verdict.Point, verdict.Verdict)));
        yield return string.Join('\n', detail.Steps.Select(step => step.Key is { } key ? store.Artifacts.FolderOf(key) : null).OfType<string>());
    }

    private static string Settings(IReadOnlyList<EffectiveSetting> settings)
    {
        var table = new Table("setting", "value");
        foreach (var setting in settings)
        {
            table.Add(setting.Path, Told.OnOneLine(setting.Value?.ToJsonString() ?? "null") + (setting.IsDefault ? "  (default)" : ""));
        }

        return settings.Count is 0 ? "" : table.ToString();
    }

    private static string Steps(IReadOnlyList<PastStep> steps)
    {
        var table = new Table("step", "result", "time", "size", "why");
        foreach (var step in steps)
        {
            var time = step is { Seconds: { } seconds, Outcome: not StepOutcome.Cached } ? Words.Of(TimeSpan.FromSeconds(seconds)) : "";
            table.Add(step.Id, step.Outcome is { } outcome ? RunRecord.Word(outcome) : "not ended", time, step.Bytes is { } bytes ? Words.OfBytes(bytes) : "", step.Reason ?? "");
        }

        return steps.Count is 0 ? "No step." : table.ToString();
    }

    private static string Metrics(IReadOnlyList<PastStep> steps)
    {
        var table = new Table("measured", "last value", "at", "by");
        foreach (var (step, last) in steps.SelectMany(step => step.Metrics.Select(last => (step, last))))
        {
            table.Add(last.Name, Words.OfFigure(last.Value), $"{last.Step}", step.Id);
        }

        return steps.Any(step => step.Metrics.Count > 0) ? table.ToString() : "";
    }

    private static string Inputs(IReadOnlyList<PastStep> steps)
    {
        var table = new Table("result", "made from");
        foreach (var step in steps.Where(step => step.Inputs.Count > 0))
        {
            table.Add($"{step.Key}", string.Join(", ", step.Inputs.Select(input => $"{input.Name} {(input.From is { } from ? $"{from}" : input.Digest[..8])}")));
        }

        return steps.Any(step => step.Inputs.Count > 0) ? table.ToString() : "";
    }
}

/// <summary>The verb <c>show</c>.</summary>
internal sealed class ShowVerb(Choice choice)
{
    /// <summary>One run.</summary>
    [Command(Description = "Shows a run: its settings, its steps and what they measured, what was made of what, and where it lies.")]
    [Example("dotnet angelslim show experiments/quickstart.json", "dotnet angelslim show 12 --store experiments/.angelslim --all")]
    public void Show(
        [Argument(Description = Help.Run)] string run,
        [Option(Description = "Also the settings that are the default's")] bool all = false,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new ShowCommand(machine, new(run, store, all, json)).Execute();
}
