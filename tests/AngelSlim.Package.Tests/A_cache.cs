using System.Diagnostics;
using System.Text.Json.Nodes;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>Results that one folder has made and another gets, by the installed tool.</summary>
[Collection(Installed.Name)]
public sealed class A_cache(InstalledTool tool) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly FakeBucket _bucket = new();
    private readonly string _there = tool.Finished.Folder;
    private readonly string _here = Fresh(tool);

    private Dictionary<string, string> Credentials => new()
    {
        ["AWS_ACCESS_KEY_ID"] = "test-key",
        ["AWS_SECRET_ACCESS_KEY"] = "a-secret-that-nobody-may-see",
        ["AWS_ENDPOINT_URL_S3"] = _bucket.Url,
    };

    [Theory]
    [InlineData("folder")]
    [InlineData("bucket")]
    public void Saves_another_machine_the_work(string kind)
    {
        var place = kind is "folder" ? Path.Combine(tool.NewFolder(), "cache") : "s3://bucket/some/prefix";
        var steps = Printed(0, _there, "cache", "push", place, "tiny.json", "--json")["results"]!.AsArray().Count;
        Assert.Equal(steps, Outcomes(_there, "push", place, "tiny.json").Count(outcome => outcome is "there"));
        Assert.Equal(steps, Printed(0, _here, "cache", "list", place, "tiny.json", "--json")["entries"]!.AsArray().Count(entry => (string)entry!["state"]! is "there" && !(bool)entry["here"]!));
        Assert.Equal(["moved"], Outcomes(_here, "pull", place, "tiny.json", "--only", "export"));
        Assert.Equal(steps - 1, Outcomes(_here, "pull", place, "tiny.json").Count(outcome => outcome is "moved"));

        Assert.Contains("nothing was done", tool.Run(_here, "run", "tiny.json", "--threads", "1").Output, StringComparison.Ordinal);
        Assert.True((bool)Printed(0, _here, "doctor", "tiny.json", "--json")["well"]!);
        Assert.True((bool)Printed(0, _here, "cache", "verify", place, "--json")["verified"]!);
    }

    [Fact]
    public void Takes_every_result_of_a_store_and_gives_it_to_another()
    {
        var place = Path.Combine(tool.NewFolder(), "cache");
        Assert.All(Outcomes(_there, "push", place, "--all"), outcome => Assert.Equal("moved", outcome));
        Assert.All(Outcomes(_here, "pull", place, "--all"), outcome => Assert.Equal("moved", outcome));
        Assert.True((bool)Printed(0, _here, "doctor", "--json")["well"]!);
    }

    [Fact]
    public void That_is_damaged_says_so_and_is_mended()
    {
        var place = Path.Combine(tool.NewFolder(), "cache");
        tool.Run(_there, "cache", "push", place, "tiny.json", "--only", "train");
        var file = Directory.GetFiles(place, "*", SearchOption.AllDirectories).First(path => path.Contains("/files/", StringComparison.Ordinal) && new FileInfo(path).Length > 0);
        var bytes = File.ReadAllBytes(file);
        bytes[0] ^= 1;
        File.WriteAllBytes(file, bytes);

        var (exitCode, _, talk) = tool.Run(_here, "cache", "pull", place, "--all");
        Assert.Equal(8, exitCode);
        Assert.Contains("error ASL3009: ", talk, StringComparison.Ordinal);
        Assert.Equal(8, tool.Run(_here, "cache", "verify", place).ExitCode);
        Assert.Equal(0, tool.Run(_here, "cache", "verify", place, "--fix").ExitCode);
        Assert.Equal(["moved"], Outcomes(_there, "push", place, "tiny.json", "--only", "train"));
        Assert.Equal(["moved"], Outcomes(_here, "pull", place, "--all"));
    }

    [Fact]
    public void That_refuses_ends_with_8_and_tells_no_secret()
    {
        _bucket.Fault = _ => new(403, "AccessDenied");
        var (exitCode, output, talk) = tool.RunWith(Credentials, _there, "cache", "push", "s3://bucket/x", "tiny.json");
        Assert.Equal((8, ""), (exitCode, output));
        Assert.StartsWith("s3://bucket/x/", talk, StringComparison.Ordinal);
        Assert.Contains("error ASL3008: ", talk, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", talk, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("push", "INT", 75)]
    [InlineData("push", "TERM", 75)]
    [InlineData("push", "KILL", 128 + 9)]
    [InlineData("pull", "INT", 75)]
    [InlineData("pull", "KILL", 128 + 9)]
    public async Task Is_gone_on_with_after_a_stop_and_after_a_kill(string verb, string signal, int exitCode)
    {
        if (verb is "pull")
        {
            Printed(0, _there, "cache", "push", "s3://bucket/x", "tiny.json", "--json");
        }

        var folder = verb is "push" ? _there : _here;
        var method = verb is "push" ? "PUT" : "GET";
        _bucket.Fault = line => line.StartsWith(method, StringComparison.Ordinal) && line.Contains("files/", StringComparison.Ordinal) ? new() { Waits = TimeSpan.FromMinutes(5) } : null;
        using var process = tool.BeginWith(Credentials, folder, "cache", verb, "s3://bucket/x", "tiny.json");
        var (talk, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        WaitFor(() => _bucket.Requests.Any(line => line.StartsWith(method, StringComparison.Ordinal) && line.Contains("files/", StringComparison.Ordinal)));
        using (var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]))
        {
            kill.WaitForExit();
        }

        process.WaitForExit();
        Assert.True(exitCode == process.ExitCode, $"{process.ExitCode}: {await talk}{await output}");
        _bucket.Fault = _ => null;
        Assert.DoesNotContain("damaged", Outcomes(folder, verb, "s3://bucket/x", "tiny.json"));
        Assert.Equal(0, tool.RunWith(Credentials, _there, "cache", "verify", "s3://bucket/x").ExitCode);
        Assert.True((bool)Printed(0, folder, "doctor", "tiny.json", "--json")["well"]!);
    }

    /// <summary>What is no library any more cannot be loaded.</summary>
    [Fact]
    public void Costs_nothing_where_there_is_no_bucket()
    {
        var copy = tool.NewFolder();
        var program = Path.GetDirectoryName(Directory.GetFiles(tool.Commands, "AngelSlim.Cli.dll", SearchOption.AllDirectories).Single())!;
        foreach (var file in Directory.GetFiles(program, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(program, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        var sdk = Directory.GetFiles(copy, "AWSSDK.*.dll");
        Assert.NotEmpty(sdk);
        Array.ForEach(sdk, file => File.WriteAllText(file, "no library"));
        Assert.Contains("nothing was done", Said(copy, "run", "tiny.json", "--threads", "1"), StringComparison.Ordinal);
        Assert.StartsWith("Sent: ", Said(copy, "cache", "push", Path.Combine(copy, "cache"), "tiny.json").TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    public void Dispose() => _bucket.Dispose();

    private string Said(string copy, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(copy, "AngelSlim.Cli.dll"), .. arguments]) { WorkingDirectory = _there, RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return said;
    }

    private IEnumerable<string> Outcomes(string folder, string verb, params string[] arguments) =>
        Printed(0, folder, ["cache", verb, .. arguments, "--json"])["results"]!.AsArray().Select(result => (string)result!["outcome"]!);

    private JsonNode Printed(int expected, string folder, params string[] arguments)
    {
        var (exitCode, output, talk) = tool.RunWith(Credentials, folder, arguments);
        Assert.True(expected == exitCode, $"{exitCode} instead of {expected}: {talk}{output}");
        return JsonNode.Parse(output)!;
    }

    private static void WaitFor(Func<bool> happens)
    {
        var since = Stopwatch.StartNew();
        while (!happens())
        {
            Assert.True(since.Elapsed < Patience, "it did not happen");
            Thread.Sleep(20);
        }
    }

    private static string Fresh(InstalledTool tool)
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "tiny.json");
        return folder;
    }
}
