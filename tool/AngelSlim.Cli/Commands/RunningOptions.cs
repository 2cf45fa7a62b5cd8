using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>How steps are run: the same words for every verb that runs some.</summary>
/// <param name="Jobs">Steps at once.</param>
/// <param name="Threads">Threads of each tensor step.</param>
/// <param name="Memory">What the steps at work may need together.</param>
/// <param name="NoWait">Gives up where another process is at work.</param>
/// <param name="KeepGoing">Goes on after a failure.</param>
internal sealed record RunningOptions(
    [Option("jobs", ['j'], ValueName = "number", Description = "Steps at once; 1 when left out. Steps that measure time run alone, and one at a time uses the GPU")] string? Jobs = null,
    [Option("threads", ValueName = "number", Description = "Threads of libtorch in each step; physical cores / jobs when left out. Another number can change the last bits of a sum")] string? Threads = null,
    [Option("memory", ValueName = "size", Description = "What the steps at work may need together, such as 8G; 80 % of what is available when left out. A step that needs more runs alone")] string? Memory = null,
    [Option("no-wait", Description = "Do not wait for a step that another process is making; exit with 7")] bool NoWait = false,
    [Option("keep-going", ['k'], Description = "After a failure, make the steps that do not read what failed")] bool KeepGoing = false) : ICommandParameterSet
{
    private const int Most = 4096;
    private const double ShareOfMemory = 0.8;

    /// <summary>Bytes that the steps at work may need where nobody says how many.</summary>
    public static long Free(Machine machine) => (long)(machine.AvailableMemory() * ShareOfMemory);

    /// <summary>Steps at once.</summary>
    /// <exception cref="UserException">It is no number.</exception>
    public int JobCount => Number("--jobs", Jobs) ?? 1;

    /// <summary>Threads of each tensor step.</summary>
    /// <param name="machine">Has cores.</param>
    /// <exception cref="UserException">It is no number.</exception>
    public int ThreadCount(Machine machine) => Number("--threads", Threads) ?? Math.Max(1, machine.Cores / JobCount);

    /// <summary>What the steps at work may need together.</summary>
    /// <exception cref="UserException">It is no size.</exception>
    public long Bytes(Machine machine) => Memory is null ? Free(machine) : SizeOption.Bytes("--memory", Memory);

    /// <summary>As the runner takes it.</summary>
    /// <exception cref="UserException">An option is not what it should be.</exception>
    public RunPolicy Policy(Machine machine) => new()
    {
        Jobs = JobCount,
        Memory = Bytes(machine),
        WhenBusy = NoWait ? WhenBusy.GiveUp : WhenBusy.Wait,
        WhenFailed = KeepGoing ? WhenFailed.KeepGoing : WhenFailed.BeginNoMore,
    };

    private static int? Number(string option, string? text) => text switch
    {
        null => null,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Most => number,
        _ => throw new UserException(ProblemCode.Usage, $"{option} is a number from 1 to {Most}, not '{text}'."),
    };
}
