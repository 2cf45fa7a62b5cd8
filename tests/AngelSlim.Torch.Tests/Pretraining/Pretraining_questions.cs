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
    public void Ask_nothing_twice() =>
        Assert.Equal(732, Drawn.Prompts.Concat(Drawn.Training).Select(Asked).Distinct().Count());

    private static string Asked(CorpusConversation conversation) => string.Join('\n', conversation.Questions);
}
