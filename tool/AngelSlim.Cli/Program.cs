// The one file that reads environment, console and clock: everything else is told.
#pragma warning disable RS0030
using System.Reflection;
using System.Runtime.InteropServices;
using AngelSlim.Cli;
using AngelSlim.Cli.Commands;
using AngelSlim.Core.Hub;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages.Regeneration;

var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
var version = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
var machine = new Machine
{
    Output = Console.Out,
    Talk = Console.Error,
    Columns = Console.IsErrorRedirected || Environment.GetEnvironmentVariable("TERM") is null or "dumb" ? null : () => Console.WindowWidth,
    Clock = TimeProvider.System,
    Surroundings = Surroundings.Of(Environment.GetEnvironmentVariable, home, AppContext.BaseDirectory),
    Hub = () => HubAccess.Of(Environment.GetEnvironmentVariable, home, version),
    Answers = AnswerAccess.Of(Environment.GetEnvironmentVariable, version, TimeProvider.System),
    ProgramFolder = AppContext.BaseDirectory,
    Packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(home, ".nuget", "packages"),
    Cores = PhysicalCores.Count("/sys/devices/system/cpu", Environment.ProcessorCount),
    AvailableMemory = () => AvailableMemory.Of("/proc/meminfo", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
    Host = Environment.MachineName,
    System = RuntimeInformation.OSDescription,
    Processor = ProcessorName.Of("/proc/cpuinfo", $"{RuntimeInformation.ProcessArchitecture}"),
    OnGitHub = Environment.GetEnvironmentVariable("GITHUB_ACTIONS") is "true",
    Pid = Environment.ProcessId,
    StartOf = Processes.StartOf,
    BucketServer = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL"),
    Version = version,
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
catch (Exception failure)
{
    return Ending.Tell(machine, failure);
}
