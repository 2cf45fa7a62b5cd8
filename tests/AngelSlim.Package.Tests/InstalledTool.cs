using System.Diagnostics;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>The tests that share one installation.</summary>
[CollectionDefinition(Name)]
public sealed class Installed : ICollectionFixture<InstalledTool>
{
    public const string Name = "installed tool";
}

/// <summary>The tool, packed from this build and installed into an empty folder, as a user has it.</summary>
public sealed class InstalledTool : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("angelslim-tool-");
    private readonly Lazy<FinishedRun> _finished;

    public InstalledTool()
    {
        var feed = Path.Combine(_folder.FullName, "feed");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        Succeed("dotnet", "pack", Path.Combine(Golden.Root, "tool", "AngelSlim.Cli"), "--no-build", "-c", configuration, "-o", feed, "-p:OnlyThisMachine=true", "-v", "q");
        Package = Directory.GetFiles(feed, "*.nupkg").Single();
        var version = Path.GetFileNameWithoutExtension(Package)["AngelSlim.Tool.".Length..];
        Succeed("dotnet", "tool", "install", "AngelSlim.Tool", "--version", version, "--tool-path", Commands, "--source", feed);
        _finished = new(() => new FinishedRun(this));
    }

    /// <summary>The package's file.</summary>
    public string Package { get; }

    /// <summary>The folder of the tool's command.</summary>
    public string Commands => Path.Combine(_folder.FullName, "tools");

    /// <summary>A run that is done.</summary>
    public FinishedRun Finished => _finished.Value;

    /// <summary>An empty folder for a test.</summary>
    public string NewFolder() => _folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;

    /// <summary>Runs the tool.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">Its arguments.</param>
    public (int ExitCode, string Output, string Talk) Run(string folder, params string[] arguments) => RunWith([], folder, arguments);

    /// <summary>Runs the tool with settings of the shell.</summary>
    public (int ExitCode, string Output, string Talk) RunWith(Dictionary<string, string> settings, string folder, params string[] arguments)
    {
        var ended = Execute(Tool, folder, settings, arguments);
        if (arguments.Contains("--json") && ended.Output.Length > 0)
        {
            // Logs are many lines, each for itself.
            foreach (var document in arguments[0] is "logs" ? ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [ended.Output])
            {
                PrintedDocument.KeepsToItsSchema(document);
            }
        }

        return ended;
    }

    /// <summary>Runs the tool and lists the libraries that the loader opened.</summary>
    public (int ExitCode, string Libraries) RunTraced(string folder, params string[] arguments)
    {
        var traces = Directory.CreateDirectory(Path.Combine(NewFolder(), "traces"));
        var settings = new Dictionary<string, string> { ["LD_DEBUG"] = "files", ["LD_DEBUG_OUTPUT"] = Path.Combine(traces.FullName, "loader") };
        var (exitCode, _, _) = RunWith(settings, folder, arguments);
        return (exitCode, string.Concat(traces.EnumerateFiles().Select(file => File.ReadAllText(file.FullName))));
    }

    /// <summary>Starts the tool; what it says has to be read.</summary>
    public Process Begin(string folder, params string[] arguments) => BeginWith([], folder, arguments);

    /// <summary>Starts the tool with settings of the shell.</summary>
    public Process BeginWith(Dictionary<string, string> settings, string folder, params string[] arguments) => Begin(Tool, folder, settings, arguments);

    public void Dispose() => _folder.Delete(recursive: true);

    private string Tool => Path.Combine(Commands, "dotnet-angelslim");

    private void Succeed(string program, params string[] arguments)
    {
        var (exitCode, output, talk) = Execute(program, _folder.FullName, [], arguments);
        Assert.True(exitCode is 0, $"{program} {string.Join(' ', arguments)} ended with {exitCode}: {output}{talk}");
    }

    private static (int ExitCode, string Output, string Talk) Execute(string program, string folder, Dictionary<string, string> settings, string[] arguments)
    {
        using var process = Begin(program, folder, settings, arguments);
        var talk = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, talk.Result);
    }

    private static Process Begin(string program, string folder, Dictionary<string, string> settings, string[] arguments)
    {
        // A test run that was started in the background ignores SIGINT, and what it starts inherits that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", program, .. arguments]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // The test runner's own settings are not those of a user's shell.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
