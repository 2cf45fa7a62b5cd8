using AngelSlim.Cli.Completion;
using AngelSlim.Cli.Documents;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Prints what a shell has to be told, and answers it afterwards.</summary>
internal sealed class CompletionCommand(Machine machine, string shell)
{
    /// <summary>Prints the script.</summary>
    /// <exception cref="UserException">The shell is not known.</exception>
    /// <param name="json">In a document.</param>
    public int PrintScript(bool json)
    {
        var script = ShellScript.Of(Known());
        machine.Output.Write(json ? new CompletionDocument { Shell = shell, Script = script }.ToJson() + "\n" : script);
        return ExitCode.Done;
    }

    /// <summary>Prints how the last word of a line can go on, a line each.</summary>
    /// <exception cref="UserException">The shell is not known.</exception>
    public int Complete(string line)
    {
        var known = Known();
        if (TypedLine.Of(line) is not { } typed)
        {
            return ExitCode.Done;
        }

        var completer = new Completer([.. CommandLine.Verbs.Select(VerbShape.Of)], new KnownValues(machine, StepsOf));
        foreach (var candidate in completer.Complete(typed))
        {
            machine.Output.WriteLine(ShellScript.Spoken(known, typed.Current, candidate));
        }

        return ExitCode.Done;
    }

    private string Known() => ShellScript.Shells.Contains(shell)
        ? shell
        : throw new UserException(ProblemCode.Usage, $"The shell is {string.Join(", ", ShellScript.Shells)}, not '{shell}'{Suggestion.For(shell, ShellScript.Shells)}");

    private IEnumerable<string> StepsOf(string manifest, IReadOnlyList<ManifestChange> changes)
    {
        var silent = machine with { Talk = TextWriter.Null };
        return Asked.Read(silent, new ManifestOptions(new Choice { Changes = changes }, manifest), machine.Cores).Steps.Select(step => step.Id);
    }
}

/// <summary>The verb <c>completion</c>.</summary>
internal sealed class CompletionVerb(Choice choice)
{
    /// <summary>For shells.</summary>
    [Command(Description = "Prints a script that lets a shell complete verbs, options, settings, steps and runs.")]
    [Example("eval \"$(dotnet angelslim completion bash)\"", "dotnet angelslim completion fish | source")]
    public void Completion([Argument(Description = "bash, zsh, fish or pwsh")] string shell,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new CompletionCommand(machine, shell).PrintScript(json);
}

/// <summary>The verb <c>complete</c>, which the scripts call.</summary>
internal sealed class CompleteVerb(Choice choice)
{
    /// <summary>Says how a line can go on.</summary>
    [Command(Description = "Says how the last word of a command line can go on; the scripts of completion call it.")]
    [Hidden]
    public void Complete(
        [Argument(Description = "bash, zsh, fish or pwsh")] string shell,
        [Argument(Description = "The command line up to the cursor")] string line) =>
        choice.Verb = machine => new CompletionCommand(machine, shell).Complete(line);
}
