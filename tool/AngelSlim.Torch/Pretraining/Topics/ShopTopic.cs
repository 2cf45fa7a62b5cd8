using AngelSlim.Core.Statistics;

namespace AngelSlim.Torch.Pretraining.Topics;

/// <summary>A purchase in two turns: the name of the first is needed in the second.</summary>
internal static class ShopTopic
{
    public static CorpusConversation Draw(Chooser chooser)
    {
        var (name, thing) = (chooser.Any(Words.Names), chooser.Any(Words.Things));
        var (count, price) = (chooser.Between(2, 9), chooser.Between(2, 5));
        var total = count * price;
        var ending = chooser.Any("Thank you and have a nice day!", $"Enjoy your {thing}!", "Would you like a bag?");
        return new(
            "chat",
            chooser.Any($"Hello, my name is {name}.", $"Hi! I am {name}.", $"Good day, I am {name}."),
            chooser.Any(
                $"Hello {name}! How can I help you today?",
                $"Hi {name}, nice to meet you. What can I do for you?",
                $"Good morning, {name}! What are you looking for?"),
            chooser.Any(
                $"I would like {count} {thing}, please. They cost {price} dollars each.",
                $"Can I buy {count} {thing} for {price} dollars each?"),
            chooser.Any(
                $"Of course, {name}. {count} {thing} at {price} dollars each cost {total} dollars.",
                $"Yes, {count} times {price} is {total}, so that is {total} dollars, {name}.") + " " + ending);
    }
}
