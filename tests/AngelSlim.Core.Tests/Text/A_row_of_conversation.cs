using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_row_of_conversation
{
    [Fact]
    public void Says_the_same_in_both_forms()
    {
        var openAi = ConversationReader.Read(Rows.Line("""{"id": "a", "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}"""));
        var shareGpt = ConversationReader.Read(Rows.Line("""{"id": 7, "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}"""));

        Assert.Equal(["user", "assistant"], shareGpt.Messages.Select(message => message.Role));
        Assert.Equal(openAi.Digest(), shareGpt.Digest());
        Assert.Equal(("a", "7"), (openAi.Id, shareGpt.Id));
    }

    [Theory]
    [InlineData("""{"id": "x", "conversations": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""")]
    [InlineData("""{"id": "x", "data": ["q", "a"]}""")]
    [InlineData("""{"prompt": "q", "prompt_id": "x", "messages": [{"content": "q", "role": "user"}, {"content": "a", "role": "assistant"}]}""")]
    public void Says_the_same_in_the_forms_of_AngelSlim_and_UltraChat(string row)
    {
        var conversation = ConversationReader.Read(Rows.Line(row));
        Assert.Equal(["user q", "assistant a"], conversation.Messages.Select(message => $"{message.Role} {message.Content}"));
        Assert.Equal(ConversationReader.Read(Rows.Line(Rows.Chat("q", "a").ToJsonString())).Digest(), conversation.Digest());
    }

    [Fact]
    public void Says_the_same_whatever_the_order_of_its_members()
    {
        string[] rows =
        [
            """{"messages": [{"role": "user", "content": "q", "x": {"b": 1, "a": [2]}}], "tools": [{"name": "t", "type": "f"}]}""",
            """{"tools": [{"type": "f", "name": "t"}], "messages": [{"x": {"a": [2], "b": 1}, "content": "q", "role": "user"}]}""",
        ];

        Assert.Single(rows.Select(row => ConversationReader.Read(Rows.Line(row)).Digest()).Distinct());
    }

    [Theory]
    [InlineData("{\"messages\": [", "not JSON")]
    [InlineData("[1]", "expected one JSON object a row")]
    [InlineData("{\"data\": [\"q\", 5]}", "\"data\" must be a list of texts, question and answer in turn, found Number")]
    [InlineData("{\"data\": []}", "a list of 1 to")]
    [InlineData("{\"text\": \"a\"}", "expected \"messages\"")]
    [InlineData("{\"messages\": []}", "a list of 1 to")]
    [InlineData("{\"messages\": {}}", "a list of 1 to")]
    [InlineData("{\"messages\": [\"hi\"]}", "a text \"role\"")]
    [InlineData("{\"messages\": [{\"role\": 1}]}", "a text \"role\"")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": 5}]}", "a text or a list of parts")]
    [InlineData("{\"conversations\": [{\"from\": \"cat\", \"value\": \"x\"}]}", "found 'cat'")]
    [InlineData("{\"conversations\": [{\"from\": \"gpt\"}]}", "a text \"value\"")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"\\ud800\"}]}", "not valid Unicode")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"role\": \"user\"}]}", "not JSON")]
    [InlineData("{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\"}], \"turns\": [{\"token_ids\": [1]}, {\"token_ids\": [1]}]}", "of 2 answers, but 1")]
    [InlineData("{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\"}], \"turns\": [{\"token_ids\": [-1]}]}", "whole numbers from 0")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"con\\ud800tent\": \"x\"}]}", "a text is not valid Unicode")]
    [Provokes(ProblemCode.BadRow)]
    public void Is_refused_with_file_line_and_reason(string row, string reason)
    {
        var failure = Assert.Throws<DataException>(() => ConversationReader.Read(Rows.Line(row)));

        Assert.Equal(ProblemCode.BadRow, failure.Problem.Code);
        Assert.Equal(("rows.jsonl", 1), (failure.Problem.Place!.Value.File, failure.Problem.Place.Value.Line));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_found_in_a_file_whatever_its_line_ends()
    {
        var path = Rows.File();
        File.WriteAllBytes(path, [.. "\uFEFF{\"a\":1}\r\n\r\n  \n{\"a\":2}\n{\"a\":3}"u8]);
        var lines = JsonLines.Read(path).Select(line => (line.Place.Line, Text: Encoding.UTF8.GetString(line.Utf8!.Value.Span).Trim())).ToList();

        Assert.Equal([(1, "{\"a\":1}"), (4, "{\"a\":2}"), (5, "{\"a\":3}")], lines);
    }

    [Fact]
    public void May_not_be_longer_than_memory_allows()
    {
        var path = Rows.File("{\"a\":\"" + new string('x', 100_000) + "\"}", "{}");

        Assert.Equal([true, false], JsonLines.Read(path, longest: 90_000).Select(line => line.Utf8 is null));
        Assert.Contains("longer than", Assert.Throws<DataException>(() => JsonLines.Read(path, longest: 90_000).First().Parse()).Message, StringComparison.Ordinal);
    }
}
