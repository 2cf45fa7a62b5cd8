using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using AngelSlim.Core.Running;

namespace AngelSlim.Benchmarks;

/// <summary>How long whole commands take, from the start of the process to its end: what a user waits for when there is nothing to do.</summary>
internal sealed class WholeCommands(string tool, string folder, int rounds)
{
    private const string Manifest = "twenty.json";
    private const string Sweep = "thousand.json";
    private const int PastRuns = 10_000;
    private const int Children = -1;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);

    /// <summary>Takes <c>--tool AngelSlim.Cli.dll --builtin DIR [--rounds 10] [--snakemake snakemake]</c>.</summary>
    public static int Run(Options options)
    {
        var folder = Directory.CreateTempSubdirectory("angelslim-commands").FullName;
        try
        {
            new WholeCommands(Path.GetFullPath(options["tool"]), folder, options.Number("rounds") ?? 10).Measure(Path.GetFullPath(options["builtin"]), options.Find("snakemake"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Measure(string builtin, string? snakemake)
    {
        Prepare(builtin);
        var bare = new[] { Environment.ProcessPath!, typeof(WholeCommands).Assembly.Location, "nothing" };
        var commands = new List<(string Name, string[] Words)>
        {
            ("bare dotnet console", bare),
            ("run, 20 steps, nothing to do", Tool("run", Manifest)),
            ("plan, 20 steps", Tool("plan", Manifest)),
            ("plan, sweep of 1,000 steps", Tool("plan", Sweep)),
            ("status, 10,000 runs", Tool("status", "--store", "old")),
        };
        if (snakemake is not null)
        {
            commands.Insert(1, ("snakemake, 20 rules, nothing to do", [snakemake, "-c1"]));
        }

        // Each round takes every command in turn, so that what else the machine does meets all of them.
        var seen = commands.ToDictionary(command => command.Name, _ => new List<Cost>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, words) in commands)
            {
                seen[name].Add(Time(words));
            }
        }

        Console.WriteLine("| command | median | least | processor | memory |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        foreach (var (name, _) in commands)
        {
            var costs = seen[name];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Median(costs, cost => cost.Wall):0.00} s | {costs.Min(cost => cost.Wall):0.00} s | {Median(costs, cost => cost.Processor):0.00} s | {costs.Max(cost => cost.Memory) / 1e6:0} MB |"));
        }
    }

    private string[] Tool(params string[] words) => [Environment.ProcessPath!, tool, .. words];

    private void Prepare(string builtin)
    {
        File.WriteAllLines(Path.Combine(folder, "rows.jsonl"), File.ReadLines(Path.Combine(builtin, "tiny-text", "train.jsonl")).Take(16));
        File.WriteAllLines(Path.Combine(folder, "prompts.jsonl"), File.ReadLines(Path.Combine(builtin, "tiny-text", "prompts.jsonl")).Take(1));
        Write(Manifest, manifest => manifest["speculation"] = new JsonObject { ["tokens"] = new JsonArray([.. Enumerable.Range(1, 14).Select(k => (JsonNode)k)]) });

        // Three steps that all points share, and train, export, evaluate, report for each.
        Write(Sweep, manifest => manifest["sweep"] = new JsonObject { ["grid"] = new JsonObject { ["training.seed"] = new JsonArray([.. Enumerable.Range(1, 249).Select(seed => (JsonNode)seed)]) } });
        _ = Time(Tool("run", Manifest));
        FillIndex(Path.Combine(folder, "old"));
        File.WriteAllText(Path.Combine(folder, "Snakefile"), Snakefile);
        Directory.CreateDirectory(Path.Combine(folder, "out"));
        foreach (var step in new[] { "tokenize", "vocabulary", "capture", "train", "export" }.Concat(Enumerable.Range(1, 14).Select(k => $"evaluate{k}")).Append("report"))
        {
            File.WriteAllText(Path.Combine(folder, "out", step), step);
        }
    }

    /// <summary>The same twenty steps, with the same edges.</summary>
    private const string Snakefile = """
        KS = range(1, 15)
        rule report:
            input: expand("out/evaluate{k}", k=KS)
            output: "out/report"
            shell: "cat {input} > {output}"
        for k in KS:
            rule:
                name: f"evaluate{k}"
                input: "out/export", "out/tokenize"
                output: f"out/evaluate{k}"
                shell: "cat {input} > {output}"
        rule export:
            input: "out/train", "out/vocabulary"
            output: "out/export"
            shell: "cat {input} > {output}"
        rule train:
            input: "out/capture", "out/vocabulary", "out/tokenize"
            output: "out/train"
            shell: "cat {input} > {output}"
        rule capture:
            input: "out/tokenize"
            output: "out/capture"
            shell: "cat {input} > {output}"
        rule vocabulary:
            input: "out/tokenize"
            output: "out/vocabulary"
            shell: "cat {input} > {output}"
        rule tokenize:
            input: "rows.jsonl"
            output: "out/tokenize"
            shell: "cat {input} > {output}"
        """;

    private void Write(string name, Action<JsonObject> change)
    {
        var manifest = JsonNode.Parse(
            """
            {
              "name": "tiny",
              "target": { "builtin": "tiny-text" },
              "data": { "train": ["rows.jsonl"], "heldoutShare": 0.25 },
              "training": { "steps": 2, "unroll": 2 },
              "speculation": { "tokens": [2] },
              "evaluation": { "prompts": ["prompts.jsonl"], "promptsPerFile": 1, "maxNewTokens": 4 }
            }
            """)!.AsObject();
        change(manifest);
        File.WriteAllText(Path.Combine(folder, name), manifest.ToJsonString());
    }

    private static void FillIndex(string root)
    {
        using var database = RunDatabase.Open(root);
        database.Execute("begin immediate");
        for (var run = 0; run < PastRuns; run++)
        {
            database.Execute(
                """
                insert into runs (manifest, name, effective, tool, host, threads, started, ended, outcome)
                values ($manifest, 'tiny', '{}', '0', 'here', 1, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z', 'made')
                """,
                ("$manifest", $"tiny-{run % 7}.json"));
            for (var step = 0; step < 8; step++)
            {
                database.Execute(
                    "insert into steps (run, id, stage, key, outcome, reason, seconds) values ($run, $id, 'evaluate', 'x', 'cached', 'made', 0)",
                    ("$run", run + 1), ("$id", $"evaluate-k{step}"));
            }
        }

        database.Execute("commit");
    }

    private Cost Time(string[] words)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        var before = ChildrenSeconds();
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var (talk, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        long memory = 0;
        while (!process.WaitForExit(BetweenLooks))
        {
            memory = Math.Max(memory, PeakMemory(process));
        }

        var wall = clock.Elapsed.TotalSeconds;
        Task.WaitAll(talk, output);
        return process.ExitCode is 0
            ? new(wall, ChildrenSeconds() - before, memory)
            : throw new InvalidOperationException($"{string.Join(' ', words)} ended with {process.ExitCode}: {talk.Result}{output.Result}");
    }

    private static long PeakMemory(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It has ended since it was last looked at.
            return 0;
        }
    }

    /// <summary>Processor time of all children that have ended, as the system counts it.</summary>
    private static double ChildrenSeconds()
    {
        // struct rusage begins with user and system time, each as seconds and microseconds.
        var usage = new long[32];
        _ = GetResourceUsage(Children, usage);
        return usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetResourceUsage(int who, long[] usage);

    private static double Median(List<Cost> costs, Func<Cost, double> figure) => costs.Select(figure).Order().ElementAt(costs.Count / 2);

    /// <summary>Seconds and bytes of one process.</summary>
    private sealed record Cost(double Wall, double Processor, long Memory);
}
