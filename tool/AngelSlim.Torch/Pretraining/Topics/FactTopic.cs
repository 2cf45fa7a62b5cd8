using AngelSlim.Core.Statistics;

namespace AngelSlim.Torch.Pretraining.Topics;

/// <summary>Where an animal lives, what it eats and what it is known for; a quarter of them in two turns.</summary>
internal static class FactTopic
{
    private sealed record Fact(string Animal, string Home, string Food, string Feature);

    private static readonly IReadOnlyList<Fact> Facts =
    [
        new("fox", "in dens at the edge of the forest", "mice, birds and berries", "its thick red tail"),
        new("rabbit", "in burrows under the ground", "grass, leaves and carrots", "its long ears"),
        new("bear", "in caves and deep forests", "fish, honey and berries", "its great strength"),
        new("owl", "in the hollows of old trees", "mice and large insects", "its silent flight at night"),
        new("mouse", "in small holes near fields", "seeds, grain and cheese", "its very good sense of smell"),
        new("frog", "in ponds and wet meadows", "flies and small worms", "its sticky tongue"),
        new("duck", "on lakes and slow rivers", "water plants and snails", "its feathers that keep out the water"),
        new("turtle", "near ponds and warm beaches", "plants, fruit and small fish", "its hard shell"),
        new("wolf", "in packs in cold forests", "deer and other large animals", "its long howl"),
        new("squirrel", "in nests high in the trees", "nuts, seeds and acorns", "its quick climbing"),
        new("hedgehog", "under hedges and piles of leaves", "beetles, worms and slugs", "its sharp spines"),
        new("lion", "in groups on dry grassland", "zebras and antelopes", "its loud roar"),
        new("penguin", "on cold coasts in the south", "fish and small squid", "its skill at swimming"),
        new("goat", "on rocky hills and farms", "grass, herbs and leaves", "its sure feet on steep rocks"),
    ];

    public static CorpusConversation Draw(Chooser chooser)
    {
        var fact = chooser.Any(Facts);
        var one = Words.Article(fact.Animal);
        var sentence = char.ToUpperInvariant(one[0]) + one[1..];
        var known = chooser.Any(
            $"People know it for {fact.Feature}.", $"It is best known for {fact.Feature}.", $"Many people like it because of {fact.Feature}.");
        var ending = chooser.Any("It is a wonderful animal.", "It is fun to watch.", "Children often ask about it.");
        return chooser.Below(4) switch
        {
            0 => new("chat", $"Where does {one} live?", $"{sentence} lives {fact.Home}.", "And what does it eat?", $"It mostly eats {fact.Food}. {known}"),
            1 => new("fact", $"Where does {one} live?", $"{sentence} lives {fact.Home}. {known}"),
            2 => new("fact", $"What does {one} eat?", $"{sentence} mostly eats {fact.Food}. It lives {fact.Home}. {known}"),
            _ => new(
                "fact", $"Tell me something about the {fact.Animal}.", $"The {fact.Animal} lives {fact.Home}. It mostly eats {fact.Food}. {known} {ending}"),
        };
    }
}
