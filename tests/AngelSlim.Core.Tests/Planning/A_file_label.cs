using AngelSlim.Core.Planning;
using Xunit;

namespace AngelSlim.Core.Tests.Planning;

public sealed class A_file_label
{
    [Theory]
    [InlineData("", "")]
    [InlineData("/d/gsm8k.jsonl", "gsm8k")]
    [InlineData("/d/gsm8k.jsonl /e/alpaca.jsonl", "gsm8k alpaca")]
    [InlineData("/d/alpaca/question.jsonl /d/gsm8k/question.jsonl", "alpaca gsm8k")]
    [InlineData("/d/alpaca/test/question.jsonl /d/gsm8k/test/question.jsonl", "alpaca gsm8k")]
    [InlineData("/d/one/alpaca/q.jsonl /d/two/alpaca/q.jsonl /d/two/gsm8k/q.jsonl", "one/alpaca two/alpaca two/gsm8k")]
    [InlineData("/d/question.jsonl /d/gsm8k/question.jsonl", "question gsm8k/question")]
    [InlineData("/d/a/question.jsonl /d/b/question.jsonl /d/other.jsonl", "a/question b/question other")]
    [InlineData("/d/prompts.json /d/prompts.jsonl", "prompts.json prompts.jsonl")]
    [InlineData("/question.jsonl /d/question.jsonl", "question d/question")]
    public void Is_what_tells_a_file_from_its_like(string paths, string labels) =>
        Assert.Equal(labels, string.Join(' ', FileLabels.Of(paths.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    [Fact]
    public void Does_not_say_where_the_files_lie() =>
        Assert.Equal(FileLabels.Of(["/here/a/q.jsonl", "/here/b/q.jsonl"]), FileLabels.Of(["/far/away/a/q.jsonl", "/far/away/b/q.jsonl"]));
}
