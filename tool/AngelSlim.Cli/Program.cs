// The one file that reads environment, console and clock: everything else is told.
#pragma warning disable RS0030
using System.Reflection;
using AngelSlim.Cli;
using AngelSlim.Cli.Commands;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;

var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
var machine = new Machine
{
    Output = Console.Out,
    Talk = Console.Error,
    Columns = Console.IsErrorRedirected || Environment.GetEnvironmentVariable("TERM") is null or "dumb" ? null : () => Console.WindowWidth,
    Clock = TimeProvider.System,
    Surroundings = Surroundings.Of(Environment.GetEnvironmentVariable, home, AppContext.BaseDirectory),
    ProgramFolder = AppContext.BaseDirectory,
    Packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(home, ".nuget", "packages"),
    Cores = PhysicalCores.Count("/sys/devices/system/cpu", Environment.ProcessorCount),
    Host = Environment.MachineName,
    Pid = Environment.ProcessId,
    StartOf = Processes.StartOf,
    Version = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
};

var chosen = await CommandLine.ParseAsync(args, machine.Version);
if (chosen.Verb is not { } verb)
{
    if (chosen.Advice is { } advice)
    {
        machine.Talk.WriteLine(advice);
    }

    return chosen.ExitCode;
}

try
{
    return verb(machine);
}
catch (UserException failure)
{
    ProblemLines.Write(failure.Problems, machine.Talk, machine.Columns);
    return ExitCode.Of(failure);
}
catch (OperationCanceledException failure)
{
    machine.Talk.WriteLine("Stopped. What is done is kept: run the same command again to go on.");
    return ExitCode.Of(failure);
}
catch (DataException failure)
{
    ProblemLines.Write([failure.Problem], machine.Talk, machine.Columns);
    return ExitCode.Of(failure);
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
{
    ProblemLines.Write([new Problem(ProblemCode.FileSystem, $"The system refused: {failure.Message}")], machine.Talk, machine.Columns);
    return ExitCode.Of(failure);
}
catch (Exception failure)
{
    machine.Talk.WriteLine(failure);
    machine.Talk.WriteLine("This is a bug in the tool, not a mistake of yours.");
    return ExitCode.Of(failure);
}
