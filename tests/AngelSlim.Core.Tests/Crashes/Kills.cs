using System.Diagnostics;
using System.Runtime.InteropServices;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Toy;
using Xunit;
using Xunit.Abstractions;
using Processor = System.Runtime.InteropServices.Architecture;

namespace AngelSlim.Core.Tests.Crashes;

/// <summary>What a process left that was killed with SIGKILL.</summary>
/// <param name="Store">The store.</param>
/// <param name="Before">The change of it that the process did not come to; <c>nothing</c> when it came to its end.</param>
internal sealed record Killed(string Store, string Before);

/// <summary>Processes that are killed with SIGKILL just before a change of their store. <c>ANGELSLIM_LONG=1</c> tries every change; without it some of them.</summary>
internal static class Kills
{
    private const string Untraceable = "cannot trace it";
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ANGELSLIM_LONG") is "1";

    /// <summary>Kills an act before its first change, in a fresh copy of the store before a later one, and so on; the last comes to its end.</summary>
    /// <param name="act">One of <see cref="Acts.ByName"/>.</param>
    /// <param name="prepared">A store that nobody uses; is not changed.</param>
    /// <param name="folder">Takes the copies.</param>
    /// <param name="every">So many changes further each time, unless every one is tried.</param>
    /// <param name="log">Told how many there were, or why there were none.</param>
    public static IReadOnlyList<Killed> Before(string act, string prepared, TemporaryFolder folder, int every, ITestOutputHelper log)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not Processor.X64)
        {
            log.WriteLine("Skipped: processes are traced on Linux and x64 only.");
            return [];
        }

        var start = new ProcessStartInfo("dotnet", [typeof(ToyStore).Assembly.Location, "kill", act, prepared, Directory.CreateDirectory(folder.At("killed")).FullName, $"{(IsLong ? 1 : every)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var talk = process.StandardError.ReadToEndAsync();
        Killed[] killed = [.. process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(parts => new Killed(parts[0], parts[1]))];
        process.WaitForExit();
        if (talk.Result.Contains(Untraceable, StringComparison.Ordinal))
        {
            log.WriteLine($"Skipped: this machine lets no process be traced ({talk.Result.Trim()}).");
            return [];
        }

        Assert.True(process.ExitCode is 0, talk.Result);
        Assert.Equal("nothing", killed[^1].Before);
        log.WriteLine($"{act}: killed {killed.Length - 1} times: {string.Join("; ", killed.Select(kill => kill.Before).CountBy(before => before).Select(times => $"{times.Value} x {times.Key}"))}");
        return killed;
    }

    /// <summary>Judges each of them, and says at which kill it failed.</summary>
    public static void All(IReadOnlyList<Killed> killed, Action<string> judge)
    {
        foreach (var kill in killed)
        {
            var failure = Record.Exception(() => judge(kill.Store));
            Assert.True(failure is null, $"{kill.Store}, killed before '{kill.Before}': {failure}");
        }
    }
}
