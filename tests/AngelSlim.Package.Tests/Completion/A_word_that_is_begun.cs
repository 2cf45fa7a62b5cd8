using AngelSlim.Cli;
using AngelSlim.Cli.Commands;
using AngelSlim.Cli.Completion;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages.Regeneration;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests.Completion;

public sealed class A_word_that_is_begun : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("angelslim-completion-");

    public A_word_that_is_begun()
    {
        File.WriteAllText(At("one.json"), "");
        File.WriteAllText(At("notes.txt"), "");
        Directory.CreateDirectory(At("experiments"));
        Directory.CreateDirectory(At(".hidden"));
    }

    [Theory]
    [InlineData("pl", "plan")]
    [InlineData("--v", "--version")]
    [InlineData("run a.json --thr", "--threads")]
    [InlineData("run --thr", "--threads")]
    [InlineData("run a.json --no", "--no-wait")]
    [InlineData("run a.json --threads ", "")]
    [InlineData("run a.json b.json ", "")]
    [InlineData("walk ", "")]
    [InlineData("run a.json --set training.op", "training.optimizer=")]
    [InlineData("run a.json --set training.optimizer=", "training.optimizer=adamw training.optimizer=muon")]
    [InlineData("run a.json --set training.optimizer=m", "training.optimizer=muon")]
    [InlineData("run a.json --set=training.optimizer=m", "--set=training.optimizer=muon")]
    [InlineData("run a.json --set draft.normBeforeFc=t", "draft.normBeforeFc=true")]
    [InlineData("run a.json --set training.steps=", "training.steps=null")]
    [InlineData("run a.json --set nothing=", "")]
    [InlineData("run a.json --unset expec", "expect expect.acceptanceLengthAtLeast")]
    [InlineData("run a.json --set 'training.op", "training.optimizer=")]
    [InlineData("runs --outcome ki", "killed")]
    [InlineData("completion z", "zsh")]
    [InlineData("schema expe", "experiment")]
    [InlineData("plan e.json --graph m", "mermaid")]
    [InlineData("comp", "compare completion")]
    [InlineData("cac", "cache")]
    [InlineData("cache pu", "pull push")]
    [InlineData("cache --h", "--help")]
    [InlineData("cache walk ", "")]
    [InlineData("cache push there --un", "--unset --until")]
    [InlineData("cache verify there --f", "--fix --from")]
    [InlineData("plan a.json --graph ", "dot mermaid")]
    [InlineData("sweep a.json --axis training.optimizer=a", "training.optimizer=adamw")]
    public void Becomes_what_is_known(string typed, string expected) => Assert.Equal(expected, string.Join(' ', Completed(typed)));

    [Fact]
    public void Becomes_a_file_that_fits()
    {
        Assert.Equal([At("experiments/"), At("one.json")], Completed($"run {At("")}/"));
        Assert.Equal([At("one.json")], Completed($"run {At("on")}"));
        Assert.Equal([At("experiments/")], Completed($"run x --store {At("")}/"));
        Assert.Equal([At("experiments/")], Completed($"cache list {At("")}/"));
        Assert.Equal([At("one.json")], Completed($"cache push there {At("on")}"));
        Assert.Equal([At(".hidden/")], Completed($"run x --store {At(".")}"));
        Assert.Empty(Completed($"run {At("absent/")}"));
    }

    [Fact]
    public void Becomes_a_run_or_an_experiment_of_the_store()
    {
        using (var database = RunDatabase.Open(At(".angelslim")))
        {
            database.Execute("insert into runs (manifest, name, effective, tool, host, pid, threads, started) values ('m.json', 'fine-name', '{}', 't', 'h', 1, 1, '2026-01-01T00:00:00Z')");
        }

        Assert.Equal(["1"], Completed($"show --store {At(".angelslim")} 1"));
        Assert.Equal(["fine-name"], Completed($"show --store {At(".angelslim")} fi"));
        Assert.Equal(["fine-name"], Completed($"runs {At("one.json")} --name "));
        Assert.Empty(Completed($"runs --store {At("absent")} --name "));
    }

    [Theory]
    [InlineData("dotnet angelslim run ")]
    [InlineData("dotnet   angelslim run ")]
    [InlineData("dotnet-angelslim run ")]
    [InlineData("/home/me/.dotnet/tools/dotnet-angelslim run ")]
    [InlineData("dotnet tool run dotnet-angelslim run ")]
    public void Belongs_to_the_tool(string line) => Assert.Equal(["run"], TypedLine.Of(line)!.Words);

    [Theory]
    [InlineData("")]
    [InlineData("dotnet")]
    [InlineData("dotnet build ")]
    [InlineData("dotnet angelslim")]
    public void Belongs_to_another_program(string line) => Assert.Null(TypedLine.Of(line));

    [Theory]
    [InlineData("dotnet-angelslim run 'a b' \"c \\\" d\" e\\ f g", "run|a b|c \" d|e f", "g")]
    [InlineData("dotnet-angelslim run 'a\\b", "run", "a\\b")]
    public void Is_the_last_of_the_words_that_a_shell_makes(string line, string words, string current)
    {
        var typed = TypedLine.Of(line)!;
        Assert.Equal((words, current), (string.Join('|', typed.Words), typed.Current));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static IReadOnlyList<string> Completed(string typed)
    {
        var machine = new Machine
        {
            Output = TextWriter.Null,
            Talk = TextWriter.Null,
            Columns = null,
            Clock = TimeProvider.System,
            Surroundings = Surroundings.Of(_ => null, "", ""),
            Hub = () => throw new InvalidOperationException("Nobody who presses a key waits for the hub."),
            ProgramFolder = Golden.Root,
            Packages = "",
            AvailableMemory = () => 1L << 30,
            Cores = 1,
            Host = "here",
            System = "",
            Processor = "",
            OnGitHub = false,
            Pid = 1,
            StartOf = _ => null,
            BucketServer = null,
            Answers = AnswerAccess.Of(_ => null, "", TimeProvider.System),
            Version = "",
        };
        var completer = new Completer([.. CommandLine.Verbs.Select(VerbShape.Of)], new KnownValues(machine, (_, _) => []));
        return completer.Complete(TypedLine.Of("dotnet-angelslim " + typed)!);
    }
}
