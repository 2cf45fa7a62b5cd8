using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Pretraining;
using Xunit;

namespace AngelSlim.Torch.Tests.Pretraining;

/// <summary>What the target was trained on is what its chat template and the exact loss mask make of the same conversation.</summary>
public sealed class A_row_encoder
{
    private static readonly string Folder = Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text");
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(Folder);
    private static readonly RowEncoder Encoder = new(Tokenizer);
    private static readonly ConversationTokens Reference = ConversationTokens.Load(Folder, TimeProvider.System);

    [Fact]
    public void Gives_the_tokens_of_the_chat_template_and_the_exact_mask()
    {
        var corpus = new Corpus(99);
        foreach (var source in Enumerable.Range(0, 60).Select(_ => corpus.Next()))
        {
            var messages = source.Turns.Select((turn, place) => Message.Of(place % 2 is 0 ? "user" : "assistant", turn));
            var row = Reference.Tokenize(new Conversation(new TextPlace("corpus"), Id: null, [.. messages]), "row");
            var (ids, answered) = Encoder.Encode(source);

            // The template writes a line break behind the last end token, which nobody reads.
            Assert.Equal(ids.Concat(Tokenizer.Encode("\n").Ids), row.Ids);
            Assert.Equal(answered.Append(false), row.Mask);
        }
    }

    [Fact]
    public void Asks_as_prompt_files_are_asked()
    {
        var template = ChatTemplate.Load(Folder, TimeProvider.System);
        var prompts = PromptReader.Read(Path.Combine(Folder, "prompts.jsonl")).ToArray();

        Assert.Equal(32, prompts.Length);
        Assert.All(prompts, prompt => Assert.Equal(Encoder.Question(prompt.Messages[0].Content!, first: true), prompt.Tokens(template, Tokenizer)));
    }

    [Fact]
    public void Shipped_conversations_are_read_with_the_tokens_that_the_target_wrote()
    {
        var conversations = JsonLines.Read(Path.Combine(Folder, "train.jsonl")).Select(ConversationReader.Read).ToArray();

        Assert.Equal(700, conversations.Length);
        Assert.All(conversations, conversation =>
            Assert.Equal(conversation.Origins.Sum(origin => origin.Tokens!.Length), Reference.Tokenize(conversation, "row").Counted));
    }
}
