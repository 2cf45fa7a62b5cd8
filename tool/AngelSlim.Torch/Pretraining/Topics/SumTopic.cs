using AngelSlim.Core.Statistics;

namespace AngelSlim.Torch.Pretraining.Topics;

/// <summary>A word problem with two steps, all quantities below 26.</summary>
internal static class SumTopic
{
    public static CorpusConversation Draw(Chooser chooser)
    {
        var (name, thing) = (chooser.Any(Words.Names), chooser.Any(Words.Things));
        var loss = chooser.Any("gives away", "loses", "sells", "drops");
        return chooser.Below(3) == 0 ? Product(name, thing, loss, chooser) : Sum(name, thing, loss, chooser);
    }

    private static CorpusConversation Sum(string name, string thing, string loss, Chooser chooser)
    {
        var gain = chooser.Any("buys", "finds", "gets", "wins");
        var (start, more) = (chooser.Between(2, 9), chooser.Between(2, 9));
        var sum = start + more;
        var less = chooser.Between(1, Math.Min(9, sum - 1));
        return new(
            "sum",
            $"{name} has {start} {thing}. {name} {gain} {more} more and then {loss} {less}. How many {thing} does {name} have now?",
            $"{name} starts with {start} {thing}. After {name} {gain} {more} more, there are {start} + {more} = {sum} {thing}. "
            + $"Then {name} {loss} {less}, so {sum} - {less} = {sum - less}. The answer is {sum - less}.");
    }

    private static CorpusConversation Product(string name, string thing, string loss, Chooser chooser)
    {
        var (boxes, each) = (chooser.Between(2, 5), chooser.Between(2, 5));
        var all = boxes * each;
        var less = chooser.Between(1, Math.Min(9, all - 1));
        return new(
            "sum",
            $"{name} has {boxes} boxes with {each} {thing} in each box. {name} {loss} {less} of them. How many {thing} are left?",
            $"{boxes} boxes with {each} {thing} are {boxes} * {each} = {all} {thing}. "
            + $"{name} {loss} {less}, so {all} - {less} = {all - less}. The answer is {all - less}.");
    }
}
