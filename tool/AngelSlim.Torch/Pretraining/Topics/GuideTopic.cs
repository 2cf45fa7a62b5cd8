using AngelSlim.Core.Statistics;

namespace AngelSlim.Torch.Pretraining.Topics;

/// <summary>Numbered steps, three to five of five; how many cannot be foreseen.</summary>
internal static class GuideTopic
{
    private sealed record Guide(string Task, params IReadOnlyList<string> Steps);

    private static readonly IReadOnlyList<Guide> Guides =
    [
        new("make a cup of tea", "Boil fresh water in a kettle.", "Put a tea bag into a clean cup.", "Pour the hot water over the tea bag.",
            "Wait for three minutes and take the bag out.", "Add milk or sugar if you like."),
        new("plant a tree", "Choose a sunny place with soft soil.", "Dig a hole that is twice as wide as the roots.", "Put the young tree into the hole.",
            "Fill the hole with soil and press it down.", "Water the tree every day for a week."),
        new("wash a car", "Park the car in the shade.", "Rinse off the dust with clean water.", "Wash the car from top to bottom with a soft sponge.",
            "Rinse away all the soap.", "Dry it with a clean towel."),
        new("bake bread", "Mix flour, water, salt and yeast in a bowl.", "Knead the dough for ten minutes.", "Let the dough rest until it has doubled in size.",
            "Shape the dough and put it into a hot oven.", "Bake it for forty minutes and let it cool."),
        new("clean a window", "Remove the dust with a dry cloth.", "Mix warm water with a little soap.", "Wipe the glass with a wet sponge.",
            "Pull the water off with a rubber blade.", "Dry the edges with a clean towel."),
        new("write a letter", "Write the date at the top of the page.", "Greet the person by name.", "Say what you want to say in short sentences.",
            "End with a kind wish and your name.", "Put the letter into an envelope and add a stamp."),
        new("draw a cat", "Draw a circle for the head.", "Add two triangles for the ears.", "Draw two round eyes and a small nose.",
            "Add long whiskers on both sides.", "Draw the body and a curved tail."),
        new("pack a suitcase", "Make a list of what you need.", "Put heavy things at the bottom.", "Roll your clothes to save space.",
            "Fill your shoes with socks.", "Close the suitcase and check its weight."),
    ];

    public static CorpusConversation Draw(Chooser chooser)
    {
        var guide = chooser.Any(Guides);
        var opening = chooser.Any("Here is a simple way to do it:", "Sure, follow these steps:", $"To {guide.Task}, do this:");
        var steps = guide.Steps.Take(chooser.Between(3, 5)).Select((step, place) => $"{place + 1}. {step}");
        var question = chooser.Any(
            $"How do I {guide.Task}?", $"Explain how to {guide.Task}.", $"Can you tell me how to {guide.Task}?", $"What is a good way to {guide.Task}?");
        return new("guide", question, $"{opening}\n{string.Join('\n', steps)}");
    }
}
