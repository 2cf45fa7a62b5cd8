using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_prompt(ITestOutputHelper output)
{
    [Theory]
    [InlineData("""{"question_id": 81, "turns": ["first", "second"]}""", "81", "first")]
    [InlineData("""{"task_id": "h/1", "prompt": "first"}""", "h/1", "first")]
    [InlineData("""{"prompt": "first"}""", "line-1", "first")]
    [InlineData("""{"id": "x", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "first"}, {"role": "assistant", "content": "a"}], "turns": [{}]}""", "x", "first")]
    [InlineData("""{"conversations": [{"from": "human", "value": "first"}, {"from": "gpt", "value": "a"}]}""", "line-1", "first")]
    public void Is_the_first_question_of_a_row(string row, string id, string question)
    {
        var prompt = Assert.Single(PromptReader.Read(Rows.File(row)));

        Assert.Equal(id, prompt.Id);
        Assert.Equal(question, prompt.Messages[^1].Content);
    }

    [Theory]
    [InlineData("""{"turns": []}""")]
    [InlineData("""{"turns": [5]}""")]
    [InlineData("""{"prompt": null}""")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "a"}]}""")]
    [InlineData("""{"messages": [{"role": "assistant"}, 5]}""")]
    [InlineData("[1]")]
    [InlineData("{")]
    public void Is_refused_with_its_line(string row)
    {
        var failure = Assert.Throws<DataException>(() => PromptReader.Read(Rows.File("{\"prompt\": \"a\"}", row)).ToList());

        Assert.Equal((ProblemCode.BadRow, 2), (failure.Problem.Code, failure.Problem.Place!.Value.Line));
        Assert.EndsWith("; mend or delete the row", failure.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_named_when_the_template_raises_on_it()
    {
        var folder = Directory.CreateTempSubdirectory("raising").FullName;
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), "\n{{ raise_exception('never') }}");
        var path = Rows.File("""{"prompt": "a"}""");
        var prompt = Assert.Single(PromptReader.Read(path));
        var failure = Assert.Throws<DataException>(() => prompt.Tokens(ChatTemplate.Load(folder, TemplateClock.Instance), TinyTarget.Tokenizer()));

        Assert.Equal((ProblemCode.BadRow, path, 1), (failure.Problem.Code, failure.Problem.Place!.Value.File, failure.Problem.Place.Value.Line));
        Assert.Contains("never", failure.Message, StringComparison.Ordinal);
        Assert.Contains("chat_template.jinja(2,19)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_where_the_target_begins_to_answer()
    {
        var prompt = Assert.Single(PromptReader.Read(Rows.File("""{"prompt": "hi"}""")));
        var tokens = prompt.Tokens(ChatTemplate.Load(TinyTarget.Folder, TemplateClock.Instance), TinyTarget.Tokenizer());

        Assert.EndsWith("<|im_start|>assistant\n", TinyTarget.Tokenizer().Decode(tokens), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_read_from_every_benchmark()
    {
        var folder = Golden.SharedBeside("data", "benchmarks");
        if (folder is null)
        {
            output.WriteLine("Skipped: there is no shared folder.");
            return;
        }

        foreach (var file in Directory.EnumerateFiles(folder, "question.jsonl", SearchOption.AllDirectories))
        {
            var prompts = PromptReader.Read(file).ToList();
            Assert.Equal(File.ReadLines(file).Count(line => line.Length > 0), prompts.Count);
            Assert.Equal(prompts.Count, prompts.Select(prompt => prompt.Id).Distinct().Count());
        }
    }
}
