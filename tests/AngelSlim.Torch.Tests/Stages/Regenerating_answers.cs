using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Stages.Regeneration;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Stages;
using Xunit;

namespace AngelSlim.Torch.Tests.Stages;

/// <summary>The built-in target, whose own greedy answers to 700 conversations were kept when it was made, writes them again.</summary>
public sealed class Regenerating_answers : IDisposable
{
    private static readonly string Builtin = Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text");
    private static readonly RegenerateSettings Greedy = new() { Dtype = Dtype.Float32, MaxNewTokens = 256, PromptsAtOnce = 3, OnBadRow = OnBadRow.Stop };
    private static readonly RegenerateSettings Drawn = Greedy with { MaxNewTokens = 24, Sampling = new() { Temperature = 1, TopK = null, TopP = 1, Seed = 5 } };
    private readonly string _folder = Directory.CreateTempSubdirectory("regenerate-").FullName;
    private readonly List<RunEvent> _events = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Gives_the_tokens_that_the_target_wrote_before()
    {
        var rows = Kept(14).ToArray();
        var found = Rows(Run("a", Greedy, rows.Select(WithoutAnswers)));

        Assert.Equal(rows.Select(Tokens), found.Select(Tokens));
        Assert.Equal(rows.Select(row => row["messages"]!.ToJsonString()), found.Select(row => row["messages"]!.ToJsonString()));
        Assert.Equal(rows.Select(row => (string)row["id"]!), found.Select(row => (string)row["id"]!));
        Assert.Contains(found, row => row["turns"]!.AsArray().Count is 2);
    }

    [Fact]
    public void Ends_in_rows_that_learn_exactly_these_tokens()
    {
        var rows = Kept(6).ToArray();
        var regenerated = Run("a", Greedy with { MaxNewTokens = 30 }, rows.Select(WithoutAnswers));
        var tokens = new TokenRows(New("tokens"));
        Run(new TokenizeStage(), new TokenizeSettings { MaxTokens = 512, HeldoutShare = 0, Rows = RowsPer.Auto, Mask = LossMask.Exact, OnBadRow = OnBadRow.Stop }, new TokenizeInputs(new TargetFolder(Builtin), [], [], regenerated), tokens.Folder, "tokenize");
        var learnt = TokenRowFile.Read(tokens.Train).ToDictionary(row => row.Id, row => string.Join(' ', row.Ids.Where((_, place) => row.Mask[place])));

        Assert.All(rows, row => Assert.Equal(string.Join(' ', Tokens(row).Split(' ').Take(30)), learnt[(string)row["id"]!]));
        Assert.Equal(6, ArtifactJson.Read<RegenerationSummary>(regenerated.Summary).Cut);
    }

    [Fact]
    public void Draws_for_a_row_what_is_drawn_for_it_alone()
    {
        var rows = Kept(9).Select(WithoutAnswers).ToArray();
        var together = Rows(Run("a", Drawn, rows)).ToDictionary(row => (string)row["id"]!, Tokens);
        var reversed = Rows(Run("b", Drawn with { PromptsAtOnce = 2 }, rows.Reverse())).ToDictionary(row => (string)row["id"]!, Tokens);
        var other = Rows(Run("c", Drawn with { Sampling = Drawn.Sampling! with { Seed = 6 } }, rows)).ToDictionary(row => (string)row["id"]!, Tokens);

        Assert.Equal(together.OrderBy(row => row.Key), reversed.OrderBy(row => row.Key));
        Assert.NotEqual(together.OrderBy(row => row.Key), other.OrderBy(row => row.Key));
    }

    /// <summary>Stopped in the second group of rows, with a part of the first one's line torn off behind it.</summary>
    [Fact]
    public void Goes_on_after_a_kill_and_makes_the_same_bytes()
    {
        var rows = Kept(20).Select(WithoutAnswers).ToArray();
        var clean = Run("clean", Drawn, rows);
        using var kill = new CancellationTokenSource();
        void Stop(RunEvent happened)
        {
            if (happened is Progressed { Done: > 0 })
            {
                kill.Cancel();
            }
        }

        Assert.ThrowsAny<OperationCanceledException>(() => Run("killed", Drawn, rows, Stop, kill.Token));
        var journal = Path.Combine(_folder, "killed-scratch", "answers");
        var kept = File.ReadAllBytes(journal);
        Assert.InRange(kept.Count((byte)'\n'), 1, rows.Length - 1);
        File.WriteAllBytes(journal, kept[..^9]);
        var gone = Run("killed", Drawn, rows);

        Assert.Equal(File.ReadAllText(clean.Train), File.ReadAllText(gone.Train));
        Assert.Equal(File.ReadAllText(clean.Summary), File.ReadAllText(gone.Summary));
    }

    /// <summary>The built-in target has 1024 positions.</summary>
    [Fact]
    public void Ends_a_conversation_where_the_target_has_no_more_positions()
    {
        var filling = string.Concat(Enumerable.Repeat("many words ", 600));
        string Row(string id, params string[] questions) => new JsonObject
        {
            ["id"] = id,
            ["messages"] = new JsonArray([.. questions.Select(question => new JsonObject { ["role"] = "user", ["content"] = question }).SelectMany(message => new JsonNode[] { message, new JsonObject { ["role"] = "assistant", ["content"] = "old" } })]),
        }.ToJsonString();

        var refused = Assert.Throws<DataException>(() => Run("a", Greedy, [Row("long", filling)]));
        Assert.Contains("(1,1): error ASL1001: the question has ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("and the target 1024 positions: there is no room for an answer", refused.Message, StringComparison.Ordinal);

        var found = Rows(Run("b", Greedy with { OnBadRow = OnBadRow.Skip, MaxNewTokens = 2000 }, [Row("long", filling), Row("later", "Who are you?", filling), Row("short", "Who are you?")]));
        Assert.Equal([("later", 1), ("short", 1)], found.Select(row => ((string)row["id"]!, row["turns"]!.AsArray().Count)));
    }

    /// <summary>Other bytes need another version of the stage.</summary>
    [Fact]
    public void Makes_the_bytes_that_the_stage_s_version_stands_for()
    {
        var found = Run("a", Greedy, Kept(5).Select(WithoutAnswers));
        Assert.Equal("regenerate 2, 5385a9d22ba4e6a5", $"regenerate {((IStage)new RegenerateStage(new TensorRuntime("", Threads: 1), TimeProvider.System)).Version}, {Digest.Of(File.ReadAllText(found.Train) + File.ReadAllText(found.Summary)).Hex[..16]}");
    }

    private static IEnumerable<JsonObject> Kept(int rows) => File.ReadLines(Path.Combine(Builtin, "train.jsonl")).Take(rows).Select(line => JsonNode.Parse(line)!.AsObject());

    private static string WithoutAnswers(JsonObject row)
    {
        var asked = row.DeepClone();
        foreach (var message in asked["messages"]!.AsArray().Where(message => (string)message!["role"]! is "assistant"))
        {
            message!["content"] = "an old answer";
        }

        ((JsonObject)asked).Remove("turns");
        return asked.ToJsonString();
    }

    private static string Tokens(JsonObject row) => string.Join(' ', row["turns"]!.AsArray().SelectMany(turn => turn!["token_ids"]!.AsArray()).Select(id => (int)id!));

    private static List<JsonObject> Rows(Conversations found) => [.. File.ReadLines(found.Train).Select(line => JsonNode.Parse(line)!.AsObject())];

    private Conversations Run(string name, RegenerateSettings settings, IEnumerable<string> rows, Action<RunEvent>? tell = null, CancellationToken cancellation = default)
    {
        File.WriteAllLines(Path.Combine(_folder, "rows.jsonl"), rows);
        var inputs = new RegenerateInputs(new TargetFolder(Builtin), [new SourceFile(_folder, "rows.jsonl")], []);
        Run(new RegenerateStage(new TensorRuntime("", Threads: 1), new HurryingClock()), settings, inputs, New(name), name, tell, cancellation);
        return new(Path.Combine(_folder, name));
    }

    private void Run(IStage stage, object settings, object inputs, string output, string name, Action<RunEvent>? tell = null, CancellationToken cancellation = default)
    {
        using var journal = Journal.Open(Path.Combine(_folder, name + ".journal"));
        stage.Run(settings, inputs, new StageContext(output, New(name + "-scratch"), journal, tell ?? _events.Add, cancellation));
    }

    private string New(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    /// <summary>A minute goes by whenever somebody looks at it: everything that is reported now and then is reported.</summary>
    private sealed class HurryingClock : TimeProvider
    {
        private long _minutes;

        public override long GetTimestamp() => Interlocked.Increment(ref _minutes) * 60 * TimestampFrequency;
    }
}
