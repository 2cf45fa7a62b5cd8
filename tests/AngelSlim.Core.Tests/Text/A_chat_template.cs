using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_chat_template
{
    private static readonly Message[] Hello = [Message.Of("user", "hi")];
    private readonly string _folder = Directory.CreateTempSubdirectory("template").FullName;

    [Theory]
    [InlineData("""{"chat_template": "{{ bos_token }}{{ messages[0].content }}", "bos_token": "<s>"}""", "<s>hi")]
    [InlineData("""{"chat_template": "{{ bos_token }}{{ messages[0].content }}", "bos_token": {"content": "<s>", "lstrip": false}}""", "<s>hi")]
    [InlineData("""{"chat_template": [{"name": "tool_use", "template": "no"}, {"name": "default", "template": "yes"}]}""", "yes")]
    [InlineData("""{"chat_template": "{{ tools is none }}{% if add_generation_prompt %}no{% endif %}"}""", "True")]
    public void Comes_from_the_config_of_the_tokenizer(string config, string rendered)
    {
        Write("tokenizer_config.json", config);

        Assert.Equal(rendered, Load().Render(Hello, new Dictionary<string, object?>()));
    }

    [Fact]
    public void Comes_from_its_own_file_where_there_is_one()
    {
        Write("tokenizer_config.json", """{"chat_template": "old", "eos_token": "</s>"}""");
        Write("chat_template.jinja", "new{{ eos_token }}{% if add_generation_prompt %}?{% endif %}");

        Assert.Equal("new</s>?", Load().RenderPrompt(Hello, new Dictionary<string, object?>()));
    }

    [Theory]
    [InlineData("{}", ProblemCode.BadTemplate)]
    [InlineData("""{"chat_template": []}""", ProblemCode.BadTemplate)]
    [InlineData("""{"chat_template": "{% if %}"}""", ProblemCode.BadTemplate)]
    [InlineData("[]", ProblemCode.BadTokenizer)]
    [InlineData("{", ProblemCode.BadTokenizer)]
    public void Is_refused_where_there_is_none(string config, string code)
    {
        Write("tokenizer_config.json", config);

        Assert.Equal(code, Assert.Throws<DataException>(Load).Problem.Code);
    }

    [Fact]
    public void Says_its_line_when_it_raises()
    {
        Write("chat_template.jinja", "a\n{{ raise_exception('roles must alternate') }}");

        var failure = Assert.Throws<DataException>(() => Load().Render(Hello, new Dictionary<string, object?>()));

        Assert.EndsWith("chat_template.jinja", failure.Problem.Place!.Value.File, StringComparison.Ordinal);
        Assert.Equal(2, failure.Problem.Place.Value.Line);
        Assert.Contains("roles must alternate", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_answers_with_the_tokens_that_generation_ends_with()
    {
        Write("config.json", """{"eos_token_id": 1}""");
        Assert.Equal([1], StopTokens.Load(_folder));
        Write("generation_config.json", """{"eos_token_id": [3, 2]}""");
        Assert.Equal([2, 3], StopTokens.Load(_folder).Order());
        Write("generation_config.json", """{"eos_token_id": []}""");
        Assert.Equal([1], StopTokens.Load(_folder));
        Write("generation_config.json", """{"eos_token_id": ["x"]}""");
        Assert.Equal(ProblemCode.BadConfig, Assert.Throws<DataException>(() => StopTokens.Load(_folder)).Problem.Code);
    }

    private ChatTemplate Load() => ChatTemplate.Load(_folder, TemplateClock.Instance);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
