using System.Diagnostics;
using AngelSlim.Core.Artifacts;
using AngelSlim.Testing;
using AngelSlim.Torch.Targets;
using Xunit;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>The family of <c>templates/target-family</c>, built as a user builds it: in a folder of its own, against the assemblies of the tool.</summary>
internal static class ExampleFamily
{
    public const string ModelType = "olmo2";

    private static readonly Lazy<string> Built = new(() => Build("one"));
    private static readonly Lazy<TargetFamily> Loaded = new(() => TargetCatalog.For(new TargetFolder("") { Assembly = Assembly }).Single(family => family.ModelType is ModelType));

    public static string Assembly => Built.Value;

    public static TargetFamily Family => Loaded.Value;

    /// <summary>Builds a copy of the example.</summary>
    /// <param name="place">A name for its folder.</param>
    /// <returns>The assembly.</returns>
    public static string Build(string place)
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("angelslim-family-").FullName, place);
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Golden.Own("..", "..", "templates", "target-family")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        // No server of the compiler stays behind.
        string[] arguments = ["build", "-c", "Release", "-o", Path.Combine(folder, "made"), $"-p:AngelSlimFolder={AppContext.BaseDirectory}", "-p:UseSharedCompilation=false", "-nodeReuse:false", "-m:1", "-v", "q"];
        using var build = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var talk = build.StandardError.ReadToEndAsync();
        var said = build.StandardOutput.ReadToEnd() + talk.Result;
        build.WaitForExit();
        Assert.True(build.ExitCode is 0, said);
        return Path.Combine(folder, "made", "Olmo2Family.dll");
    }
}
