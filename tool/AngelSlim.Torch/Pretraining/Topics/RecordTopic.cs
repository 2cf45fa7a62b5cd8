using AngelSlim.Core.Statistics;

namespace AngelSlim.Torch.Pretraining.Topics;

/// <summary>A JSON record: some members are in the question, the others are made up.</summary>
internal static class RecordTopic
{
    public static CorpusConversation Draw(Chooser chooser) => chooser.Below(2) == 0 ? Animal(chooser) : Order(chooser);

    private static CorpusConversation Animal(Chooser chooser)
    {
        var (name, animal, age) = (chooser.Any(Words.Names), chooser.Any(Words.Animals), chooser.Between(1, 15));
        return new(
            "json",
            $"Give me a JSON record for {Words.Article(animal)} named {name} who is {age} years old.",
            $$"""
            {
              "name": "{{name}}",
              "kind": "{{animal}}",
              "age": {{age}},
              "color": "{{Words.With(Words.Animals, animal, Words.Colors)}}",
              "likes": ["{{chooser.Any(Words.Hobbies)}}", "{{Words.With(Words.Animals, animal, Words.Foods)}}"],
              "home": "{{chooser.Any(Words.Places)}}"
            }
            """);
    }

    private static CorpusConversation Order(Chooser chooser)
    {
        var (name, thing) = (chooser.Any(Words.Names), chooser.Any(Words.Things));
        var (count, price) = (chooser.Between(1, 20), chooser.Between(1, 9));
        return new(
            "json",
            $"Write this order as JSON: {count} {thing} for {name}, {price} dollars each.",
            $$"""
            {
              "customer": "{{name}}",
              "item": "{{thing}}",
              "count": {{count}},
              "price": {{price}},
              "paid": {{chooser.Any("true", "false")}},
              "ship_to": "{{chooser.Any(Words.Places)}}"
            }
            """);
    }
}
