using System.Collections.Concurrent;
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

namespace AngelSlim.Core.Tests.Stages.Regeneration;

public sealed class Answers_of_a_server
{
    [Fact]
    public void Take_the_place_of_the_old_ones_turn_by_turn()
    {
        using var asking = new Asking(
            """{"id": "one", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "old"}, {"role": "user", "content": "b"}, {"role": "assistant", "content": "old"}]}""",
            """{"conversations": [{"from": "human", "value": "c"}, {"from": "gpt", "value": "old"}, {"from": "human", "value": "d"}]}""",
            """{"data": ["e"]}""");
        asking.Run();

        Assert.Equal(
            [
                "system Be brief.|user a|assistant Answer 2 to a|user b|assistant Answer 4 to b",
                "user c|assistant Answer 1 to c|user d|assistant Answer 3 to d",
                "user e|assistant Answer 1 to e",
            ],
            asking.Answered.Select(row => string.Join('|', row["messages"]!.AsArray().Select(message => $"{message!["role"]} {message["content"]}"))));
        Assert.Equal("one", (string)asking.Answered[0]["id"]!);
        Assert.All(asking.Answered[1..], row => Assert.Matches("^[0-9a-f]{32}$", (string)row["id"]!));
        Assert.All(asking.Answered.SelectMany(row => row["turns"]!.AsArray()), turn => Assert.Equal("stop", (string)turn!["finish_reason"]!));
        Assert.Equal((3, 5, 5, 0, 0), (asking.Summary.Rows, asking.Summary.Answers, asking.Summary.WithTokens, asking.Summary.Cut, asking.Summary.OtherPrompts));
        Assert.Equal(5, asking.Server.Requests.Length);
    }

    [Fact]
    public void Are_asked_for_with_every_default_said()
    {
        using var asking = new Asking(Rows.Chat("a").ToJsonString());
        asking.Run();

        Assert.Equal(
            """{"model":"smollm2","messages":[{"role":"user","content":"a"}],"max_tokens":64,"temperature":0,"top_p":1,"top_k":-1,"min_p":0,"repetition_penalty":1,"n":1,"stream":false,"return_token_ids":true}""",
            asking.Server.Bodies.Single().ToJsonString());
    }

    [Fact]
    public void Are_text_also_where_the_target_may_call_tools()
    {
        using var asking = new Asking("""{"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function", "function": {"name": "f", "big": 12345678901234567890, "small": 0.5, "none": null, "true": true}}]}""");
        asking.Run();

        Assert.Equal("none", (string)asking.Server.Bodies.Single()["tool_choice"]!);
        Assert.Equal("""[{"type":"function","function":{"name":"f","big":12345678901234567890,"small":0.5,"none":null,"true":true}}]""", asking.Answered.Single()["tools"]!.ToJsonString());
        Assert.Equal(asking.Answered.Single()["tools"]!.ToJsonString(), asking.Server.Bodies.Single()["tools"]!.ToJsonString());
    }

    [Fact]
    public void Come_out_in_the_order_of_the_questions()
    {
        using var asking = new Asking(Asking.Questions(8));
        using var othersAreDone = new ManualResetEventSlim();
        var answered = 0;
        asking.Server.Fault = request =>
        {
            if (Asking.Question(request) is "question 0")
            {
                othersAreDone.Wait();
            }
            else if (Interlocked.Increment(ref answered) is 7)
            {
                othersAreDone.Set();
            }

            return null;
        };
        asking.Run();

        Assert.Equal(Enumerable.Range(0, 8).Select(number => $"question {number}"), asking.Answered.Select(row => (string)row["messages"]![0]!["content"]!));
    }

    [Fact]
    public void Are_drawn_with_a_seed_of_the_row_whatever_stands_beside_it()
    {
        Dictionary<string, string> Seeds(int seed, int concurrency, IEnumerable<string> rows)
        {
            using var asking = new Asking(rows);
            asking.Settings = asking.Settings with { Concurrency = concurrency, Sampling = new() { Temperature = 0.7, TopK = 20, TopP = 0.9, Seed = seed } };
            asking.Run();
            Assert.All(asking.Server.Bodies, body => Assert.Equal((0.7, 20, 0.9), ((double)body["temperature"]!, (int)body["top_k"]!, (double)body["top_p"]!)));
            return asking.Server.Bodies.GroupBy(body => (string)body["messages"]![0]!["content"]!)
                .ToDictionary(like => like.Key, like => string.Join(' ', like.Select(body => (int)body["seed"]!).Order()));
        }

        var same = Rows.Chat("question 3", "another old answer").ToJsonString();
        var one = Seeds(1, concurrency: 1, [.. Asking.Questions(6), same]);
        var other = Seeds(1, concurrency: 5, [same, .. Asking.Questions(6).Reverse()]);

        Assert.Equal(one.OrderBy(row => row.Key), other.OrderBy(row => row.Key));
        Assert.Equal(7, one.Values.SelectMany(seeds => seeds.Split(' ')).Distinct().Count());
        Assert.Empty(one.Values.Intersect(Seeds(2, concurrency: 1, Asking.Questions(6)).Values));
    }

    [Fact]
    public void Of_held_out_rows_are_kept_apart()
    {
        using var asking = new Asking(Asking.Questions(2)) { Heldout = Rows.File(Rows.Chat("apart").ToJsonString()) };
        asking.Run();

        Assert.Equal(2, asking.Answered.Length);
        Assert.Contains("Answer 1 to apart", File.ReadAllText(asking.Result.Heldout), StringComparison.Ordinal);
        Assert.Equal(3, asking.Summary.Rows);
    }

    [Fact]
    public void That_were_cut_teach_no_end()
    {
        using var asking = new Asking(Rows.Chat("a").ToJsonString(), Rows.Chat("b").ToJsonString());
        var cut = new FakeVllm(asked => Asking.Say(asked) is var said ? said with { Tokens = said.Tokens[..^1], Finish = "length" } : said);
        asking.Server.Fault = request => FakeVllm.Body(request) is var asked && Asking.Question(request) is "b" && asked.Remove("return_token_ids") ? cut.Answer(request with { Body = System.Text.Encoding.UTF8.GetBytes(asked.ToJsonString()) }) : cut.Answer(request);
        asking.Run();
        cut.Dispose();
        var rows = Tokenized(asking);

        Assert.Equal((2, 2, 1), (asking.Summary.Answers, asking.Summary.Cut, asking.Summary.WithTokens));
        Assert.Contains(asking.Said, said => said.Text.StartsWith("2 of 2 answers were cut at their length", StringComparison.Ordinal));
        Assert.Contains(asking.Said, said => said.Text.StartsWith("the tokens of 1 of 2 answers are not known", StringComparison.Ordinal));
        Assert.Equal(["Answer 1 to a", "Answer 1 to b"], rows.Select(Counted).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Contains(TinyTarget.StopId, row.Ids.Skip(Array.LastIndexOf(row.Mask, true))));
    }

    [Fact]
    public void Are_what_is_learnt_with_their_own_tokens()
    {
        var letters = new ConcurrentBag<int[]>();
        FakeSaying Spell(JsonObject asked)
        {
            var said = Asking.Say(asked);
            int[] spelled = [.. said.Text.SelectMany(letter => TinyTarget.Tokenizer().Encode(letter.ToString()).Ids), TinyTarget.StopId];
            letters.Add(spelled);
            return said with { Tokens = spelled };
        }

        using var asking = new Asking(Asking.Questions(3));
        using var spelling = new FakeVllm(Spell);
        asking.Server.Fault = spelling.Answer;
        asking.Run();

        Assert.Equal(
            letters.Select(ids => string.Join(' ', ids)).Order(StringComparer.Ordinal),
            Tokenized(asking).Select(row => string.Join(' ', row.Ids.Where((_, place) => row.Mask[place]))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_a_server_with_another_template_are_kept_and_said_to_be()
    {
        using var asking = new Asking(Asking.Questions(3));
        using var other = new FakeVllm(asked => Asking.Say(asked) is var said ? said with { Prompt = [said.Prompt[0], 7, .. said.Prompt[1..]] } : said);
        asking.Server.Fault = other.Answer;
        asking.Run();

        Assert.Equal(3, asking.Summary.OtherPrompts);
        Assert.All(asking.Answered, row => Assert.Equal(7, (int)row["turns"]![0]!["prompt_token_ids"]![1]!));
        Assert.Equal(2, asking.Said.Count(said => said.Warning));
        Assert.Contains($"{asking.Server.Address} read other tokens than the target's own files make of the messages", asking.Said.First(said => said.Warning).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_another_model_are_refused()
    {
        using var asking = new Asking(Asking.Questions(1));
        using var other = new FakeVllm(asked => Asking.Say(asked) is var said ? said with { Tokens = [.. said.Tokens[1..]] } : said);
        asking.Server.Fault = other.Answer;
        var failure = Assert.Throws<DataException>(() => asking.Run());

        Assert.Equal((ProblemCode.BadRow, asking.Train, 1), (failure.Problem.Code, failure.Problem.Place!.Value.File, failure.Problem.Place.Value.Line));
        Assert.Contains("the tokens of the answer do not say its text; did another model produce them?", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Are_not_asked_for_where_nothing_is_asked()
    {
        using var asking = new Asking(
            Rows.Chat("a").ToJsonString(),
            """{"messages": [{"role": "system", "content": "s"}, {"role": "assistant", "content": "a"}]}""",
            """{"messages": [{"role": "user", "content": "u"}, {"role": "assistant", "content": null, "tool_calls": []}, {"role": "tool", "content": "t"}]}""");
        var failure = Assert.Throws<DataException>(() => asking.Run());
        Assert.Contains("(2,1): error ASL1001: there is no user message, so there is nothing to answer; mend or delete the row", failure.Message, StringComparison.Ordinal);
        Assert.Empty(asking.Server.Requests);

        asking.Settings = asking.Settings with { OnBadRow = OnBadRow.Skip };
        asking.Run();
        Assert.Equal((1, 2), (asking.Summary.Rows, asking.Summary.LeftOut));
        Assert.Contains(asking.Said, said => said.Warning && said.Text.Contains("(3,1): error ASL1001: a message of role 'tool' belongs to an answer that is to be written anew", StringComparison.Ordinal));
    }

    /// <summary>Other bytes need another version of the stage.</summary>
    [Fact]
    public void Make_the_bytes_that_the_stage_s_version_stands_for()
    {
        using var asking = new Asking(Asking.Questions(5));
        asking.Run();
        var stage = new AskStage(new(new("", "", () => null, ""), "", TimeProvider.System));

        Assert.Equal("ask 1, ee87d14c80a68d62", $"ask {stage.Version}, {Digest.Of(File.ReadAllText(asking.Result.Train) + File.ReadAllText(asking.Result.Summary)).Hex[..16]}");
    }

    private static string Counted(TokenRow row) => TinyTarget.Tokenizer().Decode([.. row.Ids.Where((_, place) => row.Mask[place])]);

    private static List<TokenRow> Tokenized(Asking asking)
    {
        var folder = Directory.CreateTempSubdirectory("tokens").FullName;
        using var journal = Journal.Open(Path.Combine(folder, "journal"));
        IStage stage = new TokenizeStage();
        stage.Run(
            new TokenizeSettings { MaxTokens = 512, HeldoutShare = 0, Rows = RowsPer.Auto, Mask = LossMask.Exact, OnBadRow = OnBadRow.Stop },
            new TokenizeInputs(asking.Inputs.Target, [], [], asking.Result),
            new StageContext(folder, folder, journal, _ => { }, default));
        return [.. TokenRowFile.Read(new TokenRows(folder).Train)];
    }
}
