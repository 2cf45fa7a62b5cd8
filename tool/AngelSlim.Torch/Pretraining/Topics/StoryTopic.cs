using AngelSlim.Core.Statistics;
using static AngelSlim.Torch.Pretraining.Topics.Words;

namespace AngelSlim.Torch.Pretraining.Topics;

/// <summary>A six-sentence story about an animal whose name, nature and home the question gives.</summary>
/// <remarks>Who helps, what is found and the weather are free; a friend is always the same animal, a treasure always lies in the same spot, and a sky has its mood.</remarks>
internal static class StoryTopic
{
    private sealed record Cast(string Name, string Animal, string Trait, string Place, string Friend, string Helper, string Treasure);

    public static CorpusConversation Draw(Chooser chooser)
    {
        var name = chooser.Any(Names);
        var friend = chooser.Any(Names);
        while (friend == name)
        {
            friend = chooser.Any(Names);
        }

        var cast = new Cast(
            name, chooser.Any(Animals), chooser.Any(Traits), chooser.Any(Places), friend, With(Names, friend, Animals), chooser.Any(Treasures));
        return new("story", Question(cast, chooser), string.Join(' ', Beginning(cast, chooser).Concat(End(cast, chooser))));
    }

    private static string Question(Cast cast, Chooser chooser)
    {
        var hero = $"{Article(cast.Trait)} {cast.Animal}";
        return chooser.Any(
            $"Write a short story about {hero} named {cast.Name} in the {cast.Place}.",
            $"Tell me a story about {cast.Name}, {hero} who lives in the {cast.Place}.",
            $"I want to hear a story about {hero} called {cast.Name}. It should happen in the {cast.Place}.");
    }

    private static IEnumerable<string> Beginning(Cast cast, Chooser chooser)
    {
        var hero = $"{Article(cast.Trait)} {cast.Animal}";
        var sky = chooser.Any(Skies);
        var (spot, mood) = (With(Treasures, cast.Treasure, Spots), With(Skies, sky, Moods));
        yield return chooser.Any(
            $"Once upon a time, {hero} named {cast.Name} lived in the {cast.Place}.",
            $"There was once {hero} called {cast.Name} who lived in the {cast.Place}.",
            $"In the {cast.Place} there lived {hero} named {cast.Name}.");
        yield return chooser.Any(
            $"One {sky} morning, {cast.Name} found a {cast.Treasure} {spot}.",
            $"One {sky} day, {cast.Name} was walking through the {cast.Place} and saw a {cast.Treasure} {spot}.",
            $"On {Article(sky)} evening, {cast.Name} saw a {cast.Treasure} {spot}.");
        yield return chooser.Any(
            $"{cast.Name} felt {mood} and did not know what to do.",
            $"\"What should I do now?\" asked {cast.Name}, feeling very {mood}.",
            $"It made {cast.Name} feel {mood}.");
    }

    private static IEnumerable<string> End(Cast cast, Chooser chooser)
    {
        var (food, mood) = (With(Animals, cast.Helper, Foods), With(Animals, cast.Animal, Moods));
        yield return chooser.Any(
            $"Then {cast.Friend} the {cast.Helper} came along and offered to help.",
            $"Just then, {Article(cast.Helper)} named {cast.Friend} stopped to help.",
            $"A friendly {cast.Helper} called {cast.Friend} heard about the {cast.Treasure}.");
        yield return chooser.Any(
            $"Together they carried the {cast.Treasure} back to the {cast.Place}.",
            $"They shared some {food} and looked at the {cast.Treasure} until it was dark.",
            $"{cast.Name} and {cast.Friend} worked all day and soon the {cast.Treasure} was safe.");
        yield return chooser.Any(
            $"From that day on, {cast.Name} and {cast.Friend} were best friends.",
            $"{cast.Name} thanked {cast.Friend} and was not {cast.Trait} anymore.",
            $"At the end of the day, the {cast.Animal} and the {cast.Helper} were {mood} and went home.",
            $"{cast.Name} learned that a good friend is worth more than a {cast.Treasure}.");
    }
}
