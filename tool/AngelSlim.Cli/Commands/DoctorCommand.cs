using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Upkeep;
using AngelSlim.Torch.Tensors;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>doctor</c> was asked.</summary>
internal sealed record DoctorOptions(string? Manifest, string? Store, bool Fix, bool Json);

/// <summary>Examines a store and the machine.</summary>
internal sealed class DoctorCommand(Machine machine, DoctorOptions options)
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);
    private readonly Pace _pace = new();
    private DateTimeOffset _said = machine.Clock.GetUtcNow();

    /// <summary>Does it.</summary>
    public int Execute()
    {
        using var store = options.Fix ? MaintainedStore.Take(machine, options.Manifest, options.Store) : MaintainedStore.Share(machine, options.Manifest, options.Store);
        var doctor = new Doctor(store.Root, options.Fix ? Treatment.Mend : Treatment.Look, machine.Clock, Say);
        List<Finding> findings = [new("tool", Health.Fine, $"version {machine.Version}"), Libtorch(), .. doctor.Examine()];
        machine.Output.WriteLine(options.Json ? DoctorDocument.Of(store.Root, findings).ToJson() : Text(findings));
        return findings.Exists(finding => finding.Health is Health.Wrong) ? ExitCode.Environment : ExitCode.Done;
    }

    /// <summary>Reading terabytes takes hours; the first lines come after seconds.</summary>
    private void Say(Progressed progressed)
    {
        var now = machine.Clock.GetUtcNow();
        _pace.Take(progressed, now);
        if (now - _said >= BetweenLines)
        {
            _said = now;
            machine.Talk.WriteLine($"reading results: {Words.Of(progressed, _pace)}");
        }
    }

    private Finding Libtorch()
    {
        try
        {
            NativeLibraries.Load(machine.Packages);
            return new("libtorch", Health.Fine, "can be loaded");
        }
        catch (DataException missing)
        {
            return new("libtorch", Health.Wrong, missing.Problem.Message);
        }
    }

    private static string Text(List<Finding> findings)
    {
        var table = new Table("check", "state", "found");
        foreach (var finding in findings)
        {
            table.Add(finding.Check, Word(finding.Health), finding.Text);
        }

        var (wrong, mended) = (findings.Count(finding => finding.Health is Health.Wrong), findings.Count(finding => finding.Health is Health.Mended));
        var sum = wrong > 0 ? $"{wrong} wrong" : "All is well";
        return $"{table}\n\n{sum}{(mended > 0 ? $"; {mended} mended" : "")}.";
    }

    private static string Word(Health health) => health switch
    {
        Health.Fine => "well",
        Health.Wrong => "WRONG",
        _ => health.ToString().ToLowerInvariant(),
    };
}

/// <summary>The verb <c>doctor</c>.</summary>
internal sealed class DoctorVerb(Choice choice)
{
    /// <summary>Is all well?</summary>
    [Command(Description = "Examines a store: disk, clock, index, every byte of every result, what lies about. Mends with --fix what can be mended without losing anything.")]
    [Example("dotnet angelslim doctor experiments/quickstart.json --fix")]
    public void Doctor(
        [Argument(Description = Help.ManifestThatWasRun)] string? manifest = null,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = "Mend it; no other process may use the store meanwhile")] bool fix = false,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new DoctorCommand(machine, new(manifest, store, fix, json)).Execute();
}
