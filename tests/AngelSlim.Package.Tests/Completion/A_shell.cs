using System.Diagnostics;
using AngelSlim.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Package.Tests.Completion;

/// <summary>Real shells with the script of the installed tool; one that is not here is skipped, and said so.</summary>
[Collection(Installed.Name)]
public sealed class A_shell(InstalledTool tool, ITestOutputHelper output)
{
    private readonly FinishedRun _run = tool.Finished;

    [Theory]
    [InlineData("dotnet-angelslim va", "validate")]
    [InlineData("dotnet-angelslim run ti", "tiny.json")]
    [InlineData("dotnet-angelslim run tiny.json --set training.optimizer=m", "muon")]
    [InlineData("dotnet-angelslim show ", "1 last tiny tiny.json")]
    public void Called_bash_completes(string line, string expected) => Answers(expected, "bash", ["--norc", "-c", $$"""
        eval "$(dotnet-angelslim completion bash)"
        COMP_LINE='{{line}}'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(dotnet-angelslim x); COMP_CWORD=1
        compopt() { :; }
        _angelslim
        echo "${COMPREPLY[@]}"
        """]);

    [Fact]
    public void Called_bash_keeps_what_completed_dotnet_before() => Answers("before: build", "bash", ["--norc", "-c", """
        others() { echo "before: ${COMP_WORDS[1]}"; }
        complete -F others dotnet
        eval "$(dotnet-angelslim completion bash)"
        COMP_WORDS=(dotnet build x); COMP_CWORD=2
        _angelslim_dotnet
        """]);

    [Fact]
    public void Called_zsh_completes() => Answers("-S  -- training.optimizer= | -- |", "zsh", ["-f", "-c", """
        compdef() { :; }
        compadd() { print -rn -- "$* | " }
        typeset -A _comps
        eval "$(dotnet-angelslim completion zsh)"
        words=(dotnet-angelslim run tiny.json --set training.op) CURRENT=5
        _angelslim
        """]);

    [Fact]
    public void Called_fish_completes() => Answers("validate", "fish", ["--no-config", "-c", """
        dotnet-angelslim completion fish | source
        complete -C 'dotnet-angelslim va'
        """]);

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public void Is_told_by_a_script(string shell) => Golden.Matches($"completion.{shell}", tool.Run(_run.Folder, "completion", shell).Output);

    [Fact]
    public void That_is_not_known_is_refused() => Assert.Equal(
        (2, "", "angelslim: error ASL0010: The shell is bash, zsh, fish, pwsh, not 'bsh'; did you mean 'bash'?\n"), tool.Run(_run.Folder, "completion", "bsh"));

    private void Answers(string expected, string shell, string[] arguments)
    {
        var path = Environment.GetEnvironmentVariable("PATH")!;
        if (!path.Split(':').Any(folder => File.Exists(Path.Combine(folder, shell))))
        {
            output.WriteLine($"Skipped: there is no {shell} here.");
            return;
        }

        var start = new ProcessStartInfo(shell, arguments) { WorkingDirectory = _run.Folder, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{tool.Commands}:{path}";
        using var process = Process.Start(start)!;
        Assert.Equal(expected, process.StandardOutput.ReadToEnd().Trim());
    }
}
