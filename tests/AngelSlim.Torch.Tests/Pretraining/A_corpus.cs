using System.Security.Cryptography;
using System.Text;
using AngelSlim.Torch.Pretraining;
using Xunit;

namespace AngelSlim.Torch.Tests.Pretraining;

public sealed class A_corpus
{
    /// <summary>Every target that was pretrained, and its key, depends on these bytes: a change of the corpus raises the stage's version.</summary>
    [Fact]
    public void Is_the_same_on_every_machine()
    {
        var text = string.Concat(Draw(seed: 5, count: 1000).Select(conversation => $"{conversation.Topic}\n{string.Join('\n', conversation.Turns)}\n\n"));

        Assert.Equal("d23e9f6a1bf3ff546b9707c16a7aa98d", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32]);
    }

    [Fact]
    public void Differs_by_seed() =>
        Assert.NotEqual(Draw(seed: 1, count: 10).Select(Text), Draw(seed: 2, count: 10).Select(Text));

    [Fact]
    public void Asks_and_answers_in_turn() =>
        Assert.All(Draw(seed: 3, count: 200), conversation =>
        {
            Assert.Equal(0, conversation.Turns.Count % 2);
            Assert.All(conversation.Turns, turn => Assert.NotEqual("", turn.Trim()));
        });

    [Fact]
    public void Tells_stories_about_the_animal_that_was_asked_for() =>
        Assert.All(Draw(seed: 4, count: 300).Where(conversation => conversation.Topic == "story"), story =>
        {
            // The questions' only capitalised words after the first are names, and all three hold exactly one.
            var name = story.Turns[0].Split(' ', ',', '.').Skip(1).Single(word => word.Length > 2 && char.IsUpper(word[0]) && word != "It");
            Assert.Contains(name, story.Turns[1], StringComparison.Ordinal);
        });

    [Fact]
    public void Adds_and_multiplies_correctly() =>
        Assert.All(Draw(seed: 6, count: 300).Where(conversation => conversation.Topic == "sum"), sum =>
        {
            var words = sum.Turns[1].Split(' ');
            for (var at = Array.IndexOf(words, "="); at > 0; at = Array.IndexOf(words, "=", at + 1))
            {
                var (left, right) = (Number(words[at - 3]), Number(words[at - 1]));
                var expected = words[at - 2] switch { "+" => left + right, "-" => left - right, _ => left * right };
                Assert.Equal(expected, Number(words[at + 1]));
            }
        });

    private static int Number(string word) => int.Parse(word.TrimEnd('.'), System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(CorpusConversation conversation) => string.Join('\n', conversation.Turns);

    private static CorpusConversation[] Draw(ulong seed, int count)
    {
        var corpus = new Corpus(seed);
        return [.. Enumerable.Range(0, count).Select(_ => corpus.Next())];
    }
}
