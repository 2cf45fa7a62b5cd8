namespace AngelSlim.Torch.Pretraining.Topics;

/// <summary>What the topics choose from.</summary>
internal static class Words
{
    public static readonly IReadOnlyList<string> Names =
    [
        "Mia", "Tom", "Lily", "Ben", "Anna", "Max", "Zoe", "Sam", "Ella", "Leo",
        "Ruby", "Jack", "Nora", "Finn", "Ivy", "Noah", "Clara", "Hugo", "Rosa", "Omar",
    ];

    public static readonly IReadOnlyList<string> Animals =
    [
        "fox", "rabbit", "bear", "owl", "mouse", "cat", "dog", "frog", "duck", "turtle", "wolf", "squirrel", "hedgehog", "lion", "penguin", "goat",
    ];

    public static readonly IReadOnlyList<string> Traits =
        ["brave", "shy", "curious", "kind", "clever", "sleepy", "tiny", "cheerful", "lonely", "proud", "gentle", "hungry"];

    public static readonly IReadOnlyList<string> Places =
        ["forest", "village", "garden", "valley", "city", "desert", "meadow", "castle", "harbor", "mountain", "jungle", "farm"];

    public static readonly IReadOnlyList<string> Treasures =
    [
        "silver key", "red kite", "golden acorn", "magic lamp", "lost map", "blue lantern",
        "wooden flute", "shiny stone", "little boat", "warm scarf", "music box", "paper crown",
    ];

    public static readonly IReadOnlyList<string> Spots =
    [
        "under an old bridge", "behind a waterfall", "inside a hollow tree", "near the quiet lake",
        "on top of the hill", "beside a broken wall", "in a dark cave", "next to the river",
    ];

    public static readonly IReadOnlyList<string> Moods = ["happy", "worried", "excited", "calm", "surprised", "tired", "thankful", "scared"];

    public static readonly IReadOnlyList<string> Skies = ["sunny", "rainy", "windy", "cold", "foggy", "snowy", "warm", "cloudy"];

    public static readonly IReadOnlyList<string> Things =
        ["apples", "books", "coins", "pencils", "cookies", "marbles", "stickers", "flowers", "balloons", "shells", "cards", "eggs"];

    public static readonly IReadOnlyList<string> Colors = ["red", "blue", "green", "black", "white", "brown", "gray", "yellow", "orange", "golden"];

    public static readonly IReadOnlyList<string> Foods =
        ["fish", "berries", "bread", "honey", "carrots", "cheese", "nuts", "soup", "rice", "apples", "leaves", "seeds"];

    public static readonly IReadOnlyList<string> Hobbies =
        ["painting", "swimming", "reading", "singing", "dancing", "climbing", "sleeping", "cooking", "running", "fishing"];

    /// <summary>The choice that always goes with a word of another list: what can be foreseen from it.</summary>
    public static string With(IReadOnlyList<string> words, string word, IReadOnlyList<string> choices)
    {
        var place = 0;
        while (words[place] != word)
        {
            place++;
        }

        return choices[place % choices.Count];
    }

    /// <summary>The word with "a" or "an" before it.</summary>
    public static string Article(string word) => "aeiou".Contains(word[0], StringComparison.Ordinal) ? $"an {word}" : $"a {word}";
}
