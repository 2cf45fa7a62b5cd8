using AngelSlim.Torch.Pretraining;
using Xunit;

namespace AngelSlim.Torch.Tests.Pretraining;

public sealed class Pretraining_questions
{
    private static readonly Questions Drawn = Questions.Draw(new Corpus(7), prompts: 32, training: 700);

    [Fact]
    public void Fill_both_lists()
    {
        Assert.Equal(32, Drawn.Prompts.Count);
        Assert.Equal(700, Drawn.Training.Count);
    }

    [Fact]
    public void Never_ask_a_prompt_again_in_training() =>
        Assert.Empty(Drawn.Prompts.Select(Asked).Intersect(Drawn.Training.Select(Asked)));

    [Fact]
    public void Ask_no_prompt_twice() => Assert.Equal(32, Drawn.Prompts.Select(Asked).Distinct().Count());

    [Fact]
    public void Keep_the_share_of_topics_with_few_questions()
    {
        // Three of sixteen conversations are about facts, of which a quarter are called chats: 98 of 700, give or take four deviations of 9.
        // There are 42 such questions.
        Assert.InRange(Drawn.Training.Count(conversation => conversation.Topic == "fact"), 60, 136);
    }

    private static string Asked(CorpusConversation conversation) => string.Join('\n', conversation.Questions);
}
