using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_conversation_with_its_own_tokens(ITestOutputHelper output)
{
    private readonly Tokenizer _tokenizer = TinyTarget.Tokenizer();

    [Fact]
    public void Is_the_row_of_its_text_where_the_tokens_are_those_of_the_text()
    {
        var chat = Rows.Chat("Hello there", "General question.", "And now?", "The end.");
        var text = TinyTarget.Tokens().Tokenize(ConversationReader.Read(Rows.Line(chat.ToJsonString())), "row");
        chat["turns"] = new JsonArray(Turn([.. _tokenizer.Encode("General question.").Ids, TinyTarget.StopId]), Turn([.. _tokenizer.Encode("The end.").Ids, TinyTarget.StopId]));
        var own = TinyTarget.Tokens().Tokenize(ConversationReader.Read(Rows.Line(chat.ToJsonString())), "row");

        Assert.Equal(text.Ids, own.Ids);
        Assert.Equal(text.Mask, own.Mask);
    }

    [Fact]
    public void Keeps_another_segmentation_and_does_not_count_the_end_token_of_a_cut_answer()
    {
        int[] letters = [.. "then".SelectMany(letter => _tokenizer.Encode(letter.ToString()).Ids)];
        Assert.NotEqual(letters, _tokenizer.Encode("then").Ids);
        var chat = Rows.Chat("a", "then", "b", "then");
        chat["turns"] = new JsonArray(Turn(letters), Turn([.. letters, TinyTarget.StopId]));
        var row = TinyTarget.Tokens().Tokenize(ConversationReader.Read(Rows.Line(chat.ToJsonString())), "row");

        Assert.Equal([.. letters, .. letters, TinyTarget.StopId], Counted(row));
        var cut = Array.IndexOf(row.Mask, true) + letters.Length;
        Assert.Equal(TinyTarget.StopId, row.Ids[cut]);
        Assert.False(row.Mask[cut]);
    }

    /// <summary>The prompt ends with a line end, and two line ends are one token: it straddles the place where the first answer begins.</summary>
    [Fact]
    public void Keeps_every_character_around_an_answer_that_knows_no_tokens()
    {
        var chat = Rows.Chat("a", "\n\nthen", "b", "then");
        chat["turns"] = new JsonArray(new JsonObject(), Turn([.. _tokenizer.Encode("then").Ids, TinyTarget.StopId]));
        var conversation = ConversationReader.Read(Rows.Line(chat.ToJsonString()));
        var row = TinyTarget.Tokens().Tokenize(conversation, "row");
        var text = ChatTemplate.Load(TinyTarget.Folder, TemplateClock.Instance).Render(conversation.Messages, conversation.Arguments);

        Assert.Equal(text, _tokenizer.Decode(row.Ids));
        Assert.Equal("\nthen<|im_end|>then<|im_end|>", _tokenizer.Decode([.. Counted(row)]));
    }

    [Fact]
    public void Is_refused_when_its_tokens_say_something_else()
    {
        var chat = Rows.Chat("a", "then");
        foreach (var wrong in new int[][] { _tokenizer.Encode("other").Ids, [99_999_999], [TinyTarget.StopId, .. _tokenizer.Encode("then").Ids] })
        {
            chat["turns"] = new JsonArray(Turn(wrong));
            var failure = Assert.Throws<DataException>(() => TinyTarget.Tokens().Tokenize(ConversationReader.Read(Rows.Line(chat.ToJsonString())), "row"));
            Assert.Equal(ProblemCode.BadRow, failure.Problem.Code);
        }
    }

    [Theory]
    [InlineData("train.jsonl", 531, 131_985)]
    [InlineData("heldout.jsonl", 70, 19_568)]
    public void Counts_all_tokens_that_SmolLM2_produced(string file, int answers, int tokens)
    {
        var path = Golden.SharedBeside("data", "smollm2", file);
        var target = Golden.SharedBeside("models", "smollm2-135m-instruct");
        if (path is null || target is null)
        {
            output.WriteLine("Skipped: there is no shared folder.");
            return;
        }

        var rows = JsonLines.Read(path).Select(line => (Prompts: PromptLengths(line), Conversation: ConversationReader.Read(line))).ToList();
        var maker = ConversationTokens.Load(target, TemplateClock.Instance);
        var (template, tokenizer) = (ChatTemplate.Load(target, TemplateClock.Instance), Tokenizer.Load(target));
        var counted = rows.Sum(row =>
        {
            var made = maker.Tokenize(row.Conversation, "row");
            Assert.Equal(row.Conversation.Origins.SelectMany(origin => origin.Tokens!), Counted(made));
            return made.Counted;
        });

        Assert.Equal(answers, rows.Sum(row => row.Conversation.Origins.Count));
        Assert.Equal(tokens, counted);
        Assert.All(rows, row => Assert.Equal(row.Prompts, PromptLengths(row.Conversation, template, tokenizer)));
    }

    private static int[] PromptLengths(JsonLine line)
    {
        using var row = line.Parse();
        return [.. row.RootElement.GetProperty("turns").EnumerateArray().Select(turn => turn.GetProperty("prompt_tokens").GetInt32())];
    }

    private static int[] PromptLengths(Conversation conversation, ChatTemplate template, Tokenizer tokenizer) =>
    [
        .. conversation.Messages.Select((message, index) => (message, index)).Where(item => item.message.IsAnswer)
            .Select(item => tokenizer.Encode(template.RenderPrompt(conversation.Messages.Take(item.index), conversation.Arguments)).Ids.Length),
    ];

    private static JsonObject Turn(int[] ids) => new() { ["token_ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) };

    private static IEnumerable<int> Counted(TokenRow row) => row.Ids.Where((_, index) => row.Mask[index]);
}
