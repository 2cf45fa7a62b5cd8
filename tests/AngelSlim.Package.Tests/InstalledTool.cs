using System.Diagnostics;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>The tool, packed from this build and installed into an empty folder, as a user has it.</summary>
public sealed class InstalledTool : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("angelslim-tool-");

    public InstalledTool()
    {
        var feed = Path.Combine(_folder.FullName, "feed");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        Succeed("dotnet", "pack", Path.Combine(Golden.Root, "tool", "AngelSlim.Cli"), "--no-build", "-c", configuration, "-o", feed, "-p:OnlyThisMachine=true", "-v", "q");
        var package = Path.GetFileNameWithoutExtension(Directory.GetFiles(feed, "*.nupkg").Single());
        Size = new FileInfo(Directory.GetFiles(feed, "*.nupkg").Single()).Length;
        var version = package["AngelSlim.Tool.".Length..];
        Succeed("dotnet", "tool", "install", "AngelSlim.Tool", "--version", version, "--tool-path", Path.Combine(_folder.FullName, "tools"), "--source", feed);
    }

    /// <summary>Bytes of the package.</summary>
    public long Size { get; }

    /// <summary>An empty folder for a test.</summary>
    public string NewFolder() => _folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;

    /// <summary>Runs the tool.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">Its arguments.</param>
    public (int ExitCode, string Output, string Talk) Run(string folder, params string[] arguments) => Start(folder, null, arguments);

    /// <summary>Runs the tool and lists the libraries that the loader opened.</summary>
    public (int ExitCode, string Libraries) RunTraced(string folder, params string[] arguments)
    {
        var traces = Directory.CreateDirectory(Path.Combine(NewFolder(), "traces"));
        var (exitCode, _, _) = Start(folder, Path.Combine(traces.FullName, "loader"), arguments);
        return (exitCode, string.Concat(traces.EnumerateFiles().Select(file => File.ReadAllText(file.FullName))));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private (int ExitCode, string Output, string Talk) Start(string folder, string? trace, string[] arguments) =>
        Execute(Path.Combine(_folder.FullName, "tools", "dotnet-angelslim"), folder, trace, arguments);

    private void Succeed(string program, params string[] arguments)
    {
        var (exitCode, output, talk) = Execute(program, _folder.FullName, trace: null, arguments);
        Assert.True(exitCode is 0, $"{program} {string.Join(' ', arguments)} ended with {exitCode}: {output}{talk}");
    }

    private static (int ExitCode, string Output, string Talk) Execute(string program, string folder, string? trace, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // The test runner's own settings are not those of a user's shell.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        if (trace is not null)
        {
            start.Environment["LD_DEBUG"] = "files";
            start.Environment["LD_DEBUG_OUTPUT"] = trace;
        }

        using var process = Process.Start(start)!;
        var talk = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, talk.Result);
    }
}
