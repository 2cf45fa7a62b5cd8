using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Tests.Text;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Stages;

public sealed class The_tokenize_stage
{
    private static readonly TokenizeSettings Settings = new() { MaxTokens = 512, HeldoutShare = 0.25, Rows = RowsPer.Auto, Mask = LossMask.Exact, OnBadRow = OnBadRow.Stop };

    [Fact]
    public void Holds_the_same_conversations_out_in_whatever_order_they_come()
    {
        var rows = Chats(60).ToArray();
        var forward = Run(Settings, rows);
        var backward = Run(Settings, [.. rows.Reverse(), .. Chats(30, from: 60)]);

        Assert.InRange(forward.Heldout.Count, 4, 30);
        Assert.Equal(60, forward.Heldout.Count + forward.Train.Count);
        Assert.Subset(Ids(backward.Heldout), Ids(forward.Heldout));
        Assert.Empty(Ids(backward.Heldout).Intersect(Ids(forward.Train)));
    }

    [Fact]
    public void Makes_the_same_bytes_over_what_a_kill_left()
    {
        var output = Directory.CreateTempSubdirectory("out").FullName;
        File.WriteAllText(Path.Combine(output, "train.jsonl.part"), "{\"id\":\"half");
        File.WriteAllText(Path.Combine(output, "heldout.jsonl.part"), "x");
        var killed = Run(Settings, Chats(20), output: output);
        var clean = Run(Settings, Chats(20));

        Assert.Equal(File.ReadAllBytes(clean.Rows.Train), File.ReadAllBytes(killed.Rows.Train));
        Assert.Equal(File.ReadAllBytes(clean.Rows.Heldout), File.ReadAllBytes(killed.Rows.Heldout));
        Assert.Equal(["heldout.jsonl", "train.jsonl"], Directory.EnumerateFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    /// <summary>Other bytes need another version of the stage: results that were kept under the old one must not be taken for new.</summary>
    [Fact]
    public void Makes_the_bytes_that_its_version_stands_for()
    {
        var run = Run(Settings, Chats(20));
        var output = Directory.CreateTempSubdirectory("words").FullName;
        IStage words = new VocabularyStage();
        words.Run(new VocabularySettings { Size = 24 }, new VocabularyInputs(new TargetFolder(TinyTarget.Folder), run.Rows), Context(output, []));

        Assert.Equal("tokenize 4, 780319506b90da61", $"tokenize {((IStage)new TokenizeStage()).Version}, {Digest(run.Rows.Train)}");
        Assert.Equal("vocabulary 1, 843fcaa2f7b1843f", $"vocabulary {words.Version}, {Digest(new DraftWords(output).File)}");
    }

    [Fact]
    public void Drops_duplicates_cuts_long_rows_and_counts_everything()
    {
        var twice = Rows.Chat("the same", "again").ToJsonString();
        var run = Run(
            Settings with { MaxTokens = 256, HeldoutShare = 0 },
            [twice, twice, Rows.Chat("hi", string.Concat(Enumerable.Repeat("many words ", 200))).ToJsonString(), Rows.Chat("no answer").ToJsonString()]);

        Assert.Equal((2, 1, 1, 1), (run.Figure("rows.train"), run.Figure("rows.duplicate"), run.Figure("rows.cut"), run.Figure("rows.unanswered")));
        Assert.Equal(256, run.Train[1].Ids.Length);
        Assert.Equal(run.Train.Sum(row => row.Counted), run.Figure("tokens.counted"));
        Assert.Equal(run.Train.Sum(row => row.Ids.Length), run.Figure("tokens.train"));
    }

    [Fact]
    public void Says_how_long_rows_are_before_any_is_cut()
    {
        var rows = Chats(9).Append(Rows.Chat("hi", string.Concat(Enumerable.Repeat("many words ", 200))).ToJsonString()).ToArray();
        var whole = Run(Settings with { MaxTokens = 100_000, HeldoutShare = 0 }, rows);
        var lengths = whole.Train.Select(row => row.Ids.Length).Order().ToArray();
        var run = Run(Settings with { MaxTokens = 256, HeldoutShare = 0 }, rows);

        string[] lines = [.. run.Events.OfType<Said>().Select(said => said.Text)];
        Assert.Equal(["rows", "tokens", "shortest", "half", "up", "to", "90", "%", "95", "%", "99", "%", "longest"], Words(lines[0]).Skip(4));
        Assert.Equal(
            new[] { 10, lengths.Sum(), lengths[0], lengths[4], lengths[8], lengths[9], lengths[9], lengths[9] }.Select(number => number.ToString(CultureInfo.InvariantCulture)),
            Words(lines[1]));
        Assert.Equal(lines[0].Length, lines[1].Length);
        var dropped = lengths[9] - 256;
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"cut at 256 (data.maxTokens): 1 of 10 rows, which drops {dropped} of {lengths.Sum()} tokens ({100.0 * dropped / lengths.Sum():f1} %)"),
            lines[2]);
        Assert.Equal(3, lines.Length);
        Assert.Equal(
            (lengths.Sum(), dropped, lengths[0], lengths[4], lengths[8], lengths[9]),
            (run.Figure("tokens.uncut"), run.Figure("tokens.dropped"), run.Figure("length.shortest"), run.Figure("length.p50"), run.Figure("length.p90"), run.Figure("length.longest")));

        static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void Keeps_held_out_conversations_out_of_training()
    {
        var rows = Chats(6).ToArray();
        var run = Run(Settings, rows, heldout: rows[..2]);

        Assert.Equal((4, 2, 2), (run.Train.Count, run.Heldout.Count, run.Figure("rows.duplicate")));
    }

    [Fact]
    public void Stops_at_a_bad_row_or_leaves_it_out_as_asked()
    {
        string[] rows = ["{\"messages\": 5}", .. Chats(4)];
        var failure = Assert.Throws<DataException>(() => Run(Settings, rows));
        Assert.Equal((ProblemCode.BadRow, 1), (failure.Problem.Code, failure.Problem.Place!.Value.Line));

        var run = Run(Settings with { OnBadRow = OnBadRow.Skip, HeldoutShare = 0 }, rows);
        Assert.Equal((4, 1), (run.Figure("rows.train"), run.Figure("rows.bad")));
        Assert.Contains(run.Events.OfType<Said>(), said => said.Warning && said.Text.Contains("rows.jsonl(1", StringComparison.Ordinal));
    }

    [Fact]
    public void Cuts_rows_where_the_target_has_no_more_positions()
    {
        var target = Copied();
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(target, "config.json")))!;
        config["max_position_embeddings"] = 64;
        File.WriteAllText(Path.Combine(target, "config.json"), config.ToJsonString());
        var row = Rows.Chat("hi", string.Concat(Enumerable.Repeat("many words ", 200))).ToJsonString();
        var run = Run(Settings with { MaxTokens = 256, HeldoutShare = 0 }, [row], target: target);

        Assert.Equal((64, 1), (run.Train.Single().Ids.Length, run.Figure("rows.cut")));
    }

    [Fact]
    [Provokes(ProblemCode.NoRows)]
    public void Names_a_file_that_has_no_row()
    {
        var failure = Assert.Throws<DataException>(() => Run(Settings, [" ", ""]));

        Assert.Equal(ProblemCode.NoRows, failure.Problem.Code);
        Assert.EndsWith("rows.jsonl", failure.Problem.Place!.Value.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_where_a_row_is_no_json_once()
    {
        var failure = Assert.Throws<DataException>(() => Run(Settings, ["{\"messages\": ["]));

        Assert.Equal((1, 15), (failure.Problem.Place!.Value.Line, failure.Problem.Place!.Value.Column));
        Assert.DoesNotContain("LineNumber", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_row_on_which_the_template_raises()
    {
        var failure = Assert.Throws<DataException>(() => Run(Settings, Chats(1), target: With("\n{{ raise_exception('never') }}")));

        Assert.Equal(ProblemCode.BadRow, failure.Problem.Code);
        Assert.Contains("never", failure.Message, StringComparison.Ordinal);
        Assert.Contains("chat_template.jinja(2,19)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_why_nothing_is_left_to_train_on()
    {
        var failure = Assert.Throws<DataException>(() => Run(Settings with { OnBadRow = OnBadRow.Skip, HeldoutShare = 0 }, ["{}", "[]"]));

        Assert.Equal(ProblemCode.NoRows, failure.Problem.Code);
        Assert.Contains("2 bad, 0 duplicate, 0 held out, 0 without an answer", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Provokes(ProblemCode.OneSidedMask)]
    public void Says_why_no_token_counts()
    {
        var silent = With("{% for m in messages if m.role == 'user' %}{{ m.content }}<|im_end|>{% endfor %}");
        (string Target, TokenizeSettings Settings, string[] Rows, string Why)[] runs =
        [
            (TinyTarget.Folder, Settings, [Rows.Chat("no answer").ToJsonString(), """{"messages": [{"role": "user", "content": "a"}, {"role": "model", "content": "b"}]}"""], "2 conversations have no message of the role 'assistant'"),
            (TinyTarget.Folder, Settings with { MaxTokens = 16 }, [Rows.Chat(string.Concat(Enumerable.Repeat("long ", 50)), "short").ToJsonString()], "1 rows have no answer in their first 16 tokens; raise data.maxTokens"),
            (silent, Settings, [Rows.Chat("a", "b").ToJsonString()], "of 1 rows this chat template renders nothing behind the prompt of an answer"),
        ];
        Assert.All(runs, run =>
        {
            var problem = Assert.Throws<DataException>(() => Run(run.Settings, run.Rows, target: run.Target)).Problem;
            Assert.Equal((ProblemCode.OneSidedMask, Path.Combine(run.Target, run.Target == silent ? "chat_template.jinja" : "tokenizer_config.json")), (problem.Code, problem.Place!.Value.File));
            Assert.Contains(run.Why, problem.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Says_why_every_token_counts()
    {
        var target = With("{% for m in messages if m.role == 'assistant' %}{{ m.content }}<|im_end|>{% endfor %}");
        var problem = Assert.Throws<DataException>(() => Run(Settings with { HeldoutShare = 0 }, Chats(3), target: target)).Problem;

        Assert.Equal((ProblemCode.OneSidedMask, Path.Combine(target, "chat_template.jinja")), (problem.Code, problem.Place!.Value.File));
        Assert.Contains("what this chat template renders before an answer is empty", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>A template that drops what earlier answers thought, as Qwen3's does.</summary>
    [Fact]
    public void Makes_a_row_for_each_answer_where_the_template_rewrites_earlier_ones()
    {
        var target = With("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content if loop.last else m.content.split('</think>')[-1] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}");
        string[] rows = [Rows.Chat("a", "<think>x</think>b", "c", "<think>y</think>d").ToJsonString(), Rows.Chat("a", "b", "c", "d").ToJsonString()];
        var run = Run(Settings with { HeldoutShare = 0 }, rows, target: target);
        var whole = Run(Settings with { HeldoutShare = 0, Rows = RowsPer.Conversation }, rows, target: target);

        Assert.Equal((3, 1), (run.Figure("rows.train"), run.Figure("conversations.turnByTurn")));
        Assert.Contains(run.Events.OfType<Said>(), said => said.Text.StartsWith("1 of 2 conversations are a row for each answer: the chat template", StringComparison.Ordinal));
        Assert.Equal((2, 0), (whole.Figure("rows.train"), whole.Figure("conversations.turnByTurn")));
        Assert.Equal(4, Run(Settings with { HeldoutShare = 0, Rows = RowsPer.Turn }, rows, target: target).Figure("rows.train"));
    }

    [Fact]
    public void Gives_the_vocabulary_stage_what_it_counts()
    {
        var rows = Run(Settings with { HeldoutShare = 0 }, Chats(20));
        var output = Directory.CreateTempSubdirectory("words").FullName;
        IStage stage = new VocabularyStage();
        stage.Run(new VocabularySettings { Size = 24 }, new VocabularyInputs(new TargetFolder(TinyTarget.Folder), rows.Rows), Context(output, []));
        var words = DraftWordList.Read(new DraftWords(output).File);

        Assert.Equal(24, words.Words.Length);
        Assert.Contains(TinyTarget.StopId, words.Words);
        var counted = rows.Train.SelectMany(row => row.Ids.Where((_, index) => row.Mask[index])).ToList();
        Assert.Equal(counted.Count(id => words.Words.Contains(id)) / (double)counted.Count, words.Coverage, 12);
    }

    /// <summary>The tiny target with another chat template.</summary>
    private static string With(string template)
    {
        var target = Copied();
        File.WriteAllText(Path.Combine(target, "chat_template.jinja"), template);
        return target;
    }

    private static string Copied()
    {
        var target = Directory.CreateTempSubdirectory("target").FullName;
        foreach (var file in Directory.EnumerateFiles(TinyTarget.Folder))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return target;
    }

    private static IEnumerable<string> Chats(int count, int from = 0) => Enumerable.Range(from, count).Select(index =>
        Rows.Chat("question " + index.ToString(CultureInfo.InvariantCulture), "the answer is " + (index * index).ToString(CultureInfo.InvariantCulture)).ToJsonString());

    private static string Digest(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))[..16];

    private static HashSet<string> Ids(IEnumerable<TokenRow> rows) => [.. rows.Select(row => row.Id)];

    private static Result Run(TokenizeSettings settings, IEnumerable<string> train, IEnumerable<string>? heldout = null, string? target = null, string? output = null)
    {
        output ??= Directory.CreateTempSubdirectory("out").FullName;
        var events = new List<RunEvent>();
        var inputs = new TokenizeInputs(
            new TargetFolder(target ?? TinyTarget.Folder), [Source(train)], heldout is null ? [] : [Source(heldout)]);
        IStage stage = new TokenizeStage();
        stage.Run(settings, inputs, Context(output, events));
        var rows = new TokenRows(output);
        return new Result(rows, [.. TokenRowFile.Read(rows.Train)], [.. TokenRowFile.Read(rows.Heldout)], events);
    }

    private static SourceFile Source(IEnumerable<string> rows)
    {
        var path = Rows.File(rows);
        return new SourceFile(Path.GetDirectoryName(path)!, Path.GetFileName(path));
    }

    private static StageContext Context(string output, List<RunEvent> events)
    {
        var scratch = Directory.CreateTempSubdirectory("scratch").FullName;
        return new StageContext(output, scratch, Journal.Open(Path.Combine(scratch, "journal")), events.Add, CancellationToken.None);
    }

    private sealed record Result(TokenRows Rows, IReadOnlyList<TokenRow> Train, IReadOnlyList<TokenRow> Heldout, List<RunEvent> Events)
    {
        public int Figure(string name) => (int)Events.OfType<Measured>().Single(measured => measured.Name == name).Value;
    }
}
