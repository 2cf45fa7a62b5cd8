using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Stages.Regeneration;

public sealed class A_server_with_faults : IDisposable
{
    private const int Rows = 9;
    private readonly Asking _asking = new(Asking.Questions(Rows));

    public void Dispose() => _asking.Dispose();

    [Theory]
    [InlineData(408, "")]
    [InlineData(425, "")]
    [InlineData(429, "")]
    [InlineData(500, """{"error":{"message":"EngineCore encountered an issue. See stack trace (above) for the root cause.","type":"InternalServerError","param":null,"code":500}}""")]
    [InlineData(502, "<html>bad gateway</html>")]
    [InlineData(503, """{"error":"The model is currently scaling. Please try again later."}""")]
    [InlineData(503, """{"object":"error","message":"The request queue is full.","type":"abort","param":null,"code":503}""")]
    [InlineData(504, "{}")]
    public void Is_asked_again_after_growing_pauses(int status, string body)
    {
        _asking.Settings = _asking.Settings with { Concurrency = 1 };
        Faults(3, () => FakeVllm.Json(status, body));
        AllAnswered();

        Assert.Equal(Rows + 3, _asking.Server.Requests.Length);
        Assert.Equal(3, _asking.Clock.Pauses.Count);
        Assert.All(_asking.Clock.Pauses.Zip([1, 2, 4]), pause => Assert.InRange(pause.First.TotalSeconds, pause.Second / 2.0, pause.Second));
    }

    [Fact]
    public void Is_asked_again_when_it_says()
    {
        _asking.Settings = _asking.Settings with { Concurrency = 1 };
        Faults(1, () => FakeVllm.Json(429, "{}", ("Retry-After", "17")));
        AllAnswered();

        Assert.Equal([17], _asking.Clock.Pauses.Select(pause => pause.TotalSeconds));
        Assert.Contains(_asking.Said, said => said.Text == $"{_asking.Server.Address}: answers 429; again in 17 s");
    }

    [Fact]
    public void That_refuses_for_a_while_because_it_has_too_much_to_do_costs_no_row()
    {
        var requests = 0;
        _asking.Settings = _asking.Settings with { Retries = 2 };
        _asking.Server.Fault = _ => Interlocked.Increment(ref requests) % 3 is 0 ? FakeVllm.Json(429, "{}") : null;
        AllAnswered();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void That_breaks_off_is_asked_again(int after)
    {
        Faults(3, () => FakeVllm.Replay("chat") with { BreaksAfter = after });
        AllAnswered();
    }

    [Fact]
    public void That_says_nothing_is_asked_again()
    {
        _asking.Settings = _asking.Settings with { TimeoutSeconds = 1 };
        Faults(2, () => FakeVllm.Replay("chat") with { BreaksAfter = 3, IsSilentThen = true });
        AllAnswered();
        Assert.Contains(_asking.Said, said => said.Text.Contains("nothing came for 1 s; again in", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "what is no JSON")]
    [InlineData("[]", "without choices")]
    [InlineData("""{"choices":{}}""", "without choices")]
    [InlineData("""{"choices":[]}""", "with 0 choices")]
    [InlineData("""{"choices":[{},{}]}""", "with 2 choices")]
    [InlineData("""{"choices":[{"message":{"content":"a"},"finish_reason":null}]}""", "with the finish_reason ''")]
    [InlineData("""{"choices":[{"message":{"content":"a"},"finish_reason":"abort"}]}""", "with the finish_reason 'abort'")]
    [InlineData("""{"choices":[{"message":{"content":"a"},"finish_reason":["stop"]}]}""", "with the finish_reason")]
    [InlineData("""{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}""", "without a text as content")]
    [InlineData("""{"choices":[{"message":[],"finish_reason":"stop"}]}""", "without a text as content")]
    [InlineData("""{"choices":[{"finish_reason":"stop"}]}""", "without a text as content")]
    [InlineData("""{"choices":[{"message":{"content":"a","content":"b"},"finish_reason":"stop"}]}""", "what is no JSON")]
    [InlineData("""{"choices":[{"message":{"content":"\ud800"},"finish_reason":"stop"}]}""", "not valid Unicode")]
    [InlineData("""{"choices":[{"message":{"content":"a"},"finish_reason":"stop","token_ids":[-1]}]}""", "with \"token_ids\" that are no whole numbers")]
    [InlineData("""{"choices":[{"message":{"content":"a"},"finish_reason":"stop","token_ids":{}}]}""", "with \"token_ids\" that are no list")]
    [InlineData("""{"choices":[{"message":{"content":"a","reasoning":"hm"},"finish_reason":"stop"}]}""", "with \"reasoning\" taken out of the text")]
    [InlineData("""{"choices":[{"message":{"content":"a","tool_calls":[{}]},"finish_reason":"stop"}]}""", "with \"tool_calls\" taken out of the text")]
    public void That_gives_no_whole_answer_is_asked_again(string body, string said)
    {
        Faults(2, () => FakeVllm.Json(200, body));
        AllAnswered();
        Assert.Contains(_asking.Said, each => each.Text.Contains(said, StringComparison.Ordinal) && each.Text.Contains("; again in ", StringComparison.Ordinal));
    }

    [Fact]
    public void That_nests_without_end_or_sends_without_end_is_asked_again()
    {
        Faults(1, () => FakeVllm.Json(200, new string('[', 1_000_000)));
        AllAnswered();
        _asking.Forget();
        Faults(1, () => new FakeAnswer(200) { Body = new byte[(64 << 20) + 1] });
        AllAnswered();
        Assert.Contains(_asking.Said, said => said.Text.Contains("answers with more than 64 MB", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(OnBadRow.Stop)]
    [InlineData(OnBadRow.Skip)]
    public void That_refuses_a_row_is_quoted_at_the_row(OnBadRow onBadRow)
    {
        _asking.Settings = _asking.Settings with { OnBadRow = onBadRow };
        _asking.Server.Fault = request => Asking.Question(request) is "question 4" ? FakeVllm.Replay("too-long-chat") : null;
        var expected = $"{_asking.Train}(5,1): error ASL1001: {_asking.Server.Address} answers 400: This model's maximum context length is 2048 tokens.";
        if (onBadRow is OnBadRow.Stop)
        {
            Assert.StartsWith(expected, Assert.Throws<DataException>(() => _asking.Run()).Message, StringComparison.Ordinal);
            return;
        }

        _asking.Run();
        Assert.Equal((Rows - 1, 1), (_asking.Summary.Rows, _asking.Summary.LeftOut));
        Assert.Contains(_asking.Said, said => said.Text.StartsWith("left out: " + expected, StringComparison.Ordinal));
        Assert.Equal(Rows, _asking.Server.Requests.Length);
    }

    [Fact]
    public void Has_words_that_stay_on_one_line()
    {
        _asking.Server.Fault = _ => FakeVllm.Json(422, """{"error":{"message":"a\nb\u001b[31mLONG"}}""".Replace("LONG", new string('x', 5000), StringComparison.Ordinal));
        var message = Assert.Throws<DataException>(() => _asking.Run()).Message;

        Assert.Contains(@"a\u000ab\u001b[31mxxx", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 300, 700);
    }

    [Fact]
    public void That_cannot_read_a_later_question_ends_the_conversation_before_it()
    {
        using var asking = new Asking(Text.Rows.Chat("a", "old", "b", "old", "c", "old").ToJsonString());
        asking.Server.Fault = request => Asking.Question(request) is "c" ? FakeVllm.Replay("too-long-chat") : null;
        asking.Run();

        Assert.Equal("Answer 3 to b", (string)asking.Answered.Single()["messages"]!.AsArray()[^1]!["content"]!);
        Assert.Equal(2, asking.Answered.Single()["turns"]!.AsArray().Count);
    }

    [Fact]
    [Provokes(ProblemCode.ServerRefuses)]
    public void That_has_another_model_ends_the_stage_with_its_words()
    {
        _asking.Settings = _asking.Settings with { Model = "mine", OnBadRow = OnBadRow.Skip };
        var failure = Assert.Throws<DataException>(() => _asking.Run());

        Assert.Equal(ProblemCode.ServerRefuses, failure.Problem.Code);
        Assert.Contains($"{_asking.Server.Address}/chat/completions answers 404: The model `mine` does not exist. Valid aliases: smollm2.. Look at regenerate.servers, regenerate.model and OPENAI_API_KEY", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://HOST/v2", "answers 404: Not Found")]
    [InlineData("http://HOST", null)]
    [InlineData("http://HOST/v1/", null)]
    public void Is_found_by_its_base_address(string address, string? refusal)
    {
        _asking.Settings = _asking.Settings with { Servers = [address.Replace("HOST", new Uri(_asking.Server.Address).Authority, StringComparison.Ordinal)] };
        Assert.Contains(refusal ?? "", Record.Exception(() => _asking.Run())?.Message ?? "", StringComparison.Ordinal);
        Assert.Equal(refusal is null, File.Exists(_asking.Result.Train));
    }

    [Fact]
    public void Gets_the_key_which_nobody_else_is_shown()
    {
        const string key = "sk-secretSECRET";
        _asking.Key = $" {key}\n";
        _asking.Run();
        Assert.All(_asking.Server.Requests, request => Assert.Equal($"Bearer {key}", request.Token));

        _asking.Forget();
        using var elsewhere = new FakeVllm(Asking.Say);
        _asking.Server.Fault = _ => new FakeAnswer(307, ("Location", $"{elsewhere.Address}/chat/completions"));
        Assert.Contains("answers 307", Assert.Throws<DataException>(() => _asking.Run()).Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);

        _asking.Server.Fault = _ => FakeVllm.Json(401, $$"""{"error":"Unauthorized: {{key}} is not known"}""");
        var message = Assert.Throws<DataException>(() => _asking.Run()).Message;
        Assert.Contains("answers 401: Unauthorized: … is not known. Look at", message, StringComparison.Ordinal);
        Assert.DoesNotContain(_asking.Events, told => told.ToString()!.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public void That_cannot_answer_one_row_only_is_not_at_fault()
    {
        _asking.Settings = _asking.Settings with { OnBadRow = OnBadRow.Skip, Concurrency = 2 };
        _asking.Server.Fault = request => Asking.Question(request) is "question 2" ? FakeVllm.Replay("engine-death") : null;
        _asking.Run();

        Assert.Equal((Rows - 1, 1), (_asking.Summary.Rows, _asking.Summary.LeftOut));
        Assert.Contains(_asking.Said, said => said.Text.Contains("(3,1): error ASL1001:", StringComparison.Ordinal) && said.Text.Contains("4 times, while it answers other rows", StringComparison.Ordinal));
    }

    [Fact]
    public void That_is_gone_leaves_its_rows_to_the_other()
    {
        using var dead = new FakeVllm(Asking.Say);
        dead.Fault = _ => FakeVllm.Replay("engine-death");
        _asking.Settings = _asking.Settings with { Servers = [dead.Address, _asking.Server.Address] };
        AllAnswered();
        Assert.Contains(_asking.Said, said => said.Warning && said.Text.StartsWith($"{dead.Address} is left out: it was tried 4 times: answers 500: EngineCore encountered an issue.", StringComparison.Ordinal));

        _asking.Forget();
        dead.Dispose();
        AllAnswered();
    }

    [Fact]
    [Provokes(ProblemCode.NoServerAnswers)]
    public void That_was_the_last_ends_the_stage_and_the_same_command_goes_on()
    {
        using var dead = new FakeVllm(Asking.Say);
        dead.Dispose();
        var answered = 0;
        _asking.Server.Fault = _ => Interlocked.Increment(ref answered) > 5 ? FakeVllm.Replay("engine-death") : null;
        _asking.Settings = _asking.Settings with { Servers = [dead.Address, _asking.Server.Address], Concurrency = 1 };
        var failure = Assert.Throws<DataException>(() => _asking.Run());

        Assert.Equal(ProblemCode.NoServerAnswers, failure.Problem.Code);
        Assert.Contains($"no server answers any more: {dead.Address} was tried 4 times: Connection refused", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"; {_asking.Server.Address} was tried 4 times: answers 500: EngineCore", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"5 of {Rows} rows have their answers, which are kept", failure.Message, StringComparison.Ordinal);

        _asking.Server.Fault = null;
        var before = _asking.Server.Requests.Length;
        AllAnswered();
        Assert.Equal(Rows - 5, _asking.Server.Requests.Length - before);
    }

    private void AllAnswered()
    {
        _asking.Run();
        Assert.Equal(Enumerable.Range(0, Rows).Select(number => $"Answer 1 to question {number}"), _asking.Answered.Select(row => (string)row["messages"]![1]!["content"]!));
    }

    private void Faults(int count, Func<FakeAnswer> fault)
    {
        var left = count;
        _asking.Server.Fault = _ => Interlocked.Decrement(ref left) >= 0 ? fault() : null;
    }
}
