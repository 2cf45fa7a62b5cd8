using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Planning;

/// <summary>Differences of recipes as people read them.</summary>
internal static class RecipeWords
{
    private const int DifferencesShown = 3;
    private const int LongestValue = 40;

    /// <summary>The first differences: <c>training.unroll 7 -&gt; 5; input rows has changed; and 4 more</c>.</summary>
    /// <param name="step">Whose recipe it is.</param>
    /// <param name="changes">At least one.</param>
    public static string Of(Step step, IReadOnlyList<RecipeChange> changes)
    {
        // A list of files that grew by one differs in many places, and is one thing to say.
        var words = changes.OrderBy(Rank).Select(change => Of(step, change)).Distinct().ToList();
        var more = words.Count - DifferencesShown;
        return string.Join("; ", words.Take(DifferencesShown)) + (more > 0 ? $"; and {more} more" : "");
    }

    /// <summary>A value, cut when it is long; what is not there is said to be so.</summary>
    public static string Value(string? spelled) => spelled switch
    {
        null => "(nothing)",
        { Length: > LongestValue } => Shown.Plain(spelled[..LongestValue]) + "...",
        _ => Shown.Plain(spelled),
    };

    private static int Rank(RecipeChange change) => RecipeLeaves.IsSetting(change.Path) ? 0 : RecipeLeaves.IsInput(change.Path) ? 1 : 2;

    private static string Of(Step step, RecipeChange change)
    {
        if (RecipeLeaves.IsInput(change.Path))
        {
            return $"input {RecipeLeaves.Within(change.Path).Split('[')[0]} has changed";
        }

        var path = RecipeLeaves.IsSetting(change.Path)
            ? SettingPaths.InManifest(step.Stage.Settings, RecipeLeaves.Within(change.Path))
            : $"{change.Path} of the stage";
        return $"{path} {Value(change.Was)} -> {Value(change.Now)}";
    }
}
