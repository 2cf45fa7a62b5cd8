using System.Globalization;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Statistics;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>How two measurements are judged, and who is told: the same words for every verb that judges.</summary>
/// <param name="Margin">A drop that does no harm.</param>
/// <param name="Confidence">Of each bound.</param>
/// <param name="Estimator">Of acceptance lengths.</param>
/// <param name="Junit">A file for CI servers.</param>
/// <param name="Sarif">A file for code scanners.</param>
/// <param name="Github">Lines for a workflow of GitHub.</param>
internal sealed record JudgingOptions(
    [Option("margin", ValueName = "share", Description = "A drop up to this is no harm, such as 0.02 or 2%; 0.02 when left out")] string? Margin = null,
    [Option("confidence", ValueName = "share", Description = "With which each bound of a change holds; 0.95 when left out")] string? Confidence = null,
    [Option("estimator", ValueName = "ratioOfSums|meanOfPrompts|tokensPerVerify", Description = "How counts become an acceptance length: as vLLM, AngelSlim or SGLang report it; the baseline's when left out. Another than the baseline's is incomparable")] string? Estimator = null,
    [Option("junit", ValueName = "file", Description = "Write the verdicts to this file as JUnit XML too")] string? Junit = null,
    [Option("sarif", ValueName = "file", Description = "Write what is wrong to this file as SARIF too")] string? Sarif = null,
    [Option("github", Description = "Say what is wrong in lines that GitHub shows as annotations; without it where GITHUB_ACTIONS is true")] bool Github = false) : ICommandParameterSet
{
    private const double DefaultMargin = 0.02;

    /// <summary>How to compare.</summary>
    /// <param name="own">The measurements' own estimator; null where they have none.</param>
    /// <exception cref="UserException">An option is not what it should be.</exception>
    public ComparisonSettings Settings(Estimator? own)
    {
        var how = new Resampling();
        var confidence = Share("--confidence", Confidence, how.Confidence, least: 0.5, most: 0.999);
        return new(EstimatorOption.Of(Estimator) ?? own ?? default, new(Share("--margin", Margin, DefaultMargin, least: 0, most: 0.5), confidence), how with { Confidence = confidence });
    }

    private static double Share(string option, string? text, double otherwise, double least, double most)
    {
        var percent = text?.EndsWith('%') is true;
        return text is null ? otherwise
            : double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number / (percent ? 100 : 1) is var share && share >= least && share <= most ? share
            : throw new UserException(ProblemCode.Usage, string.Create(CultureInfo.InvariantCulture, $"{option} is a share from {least} to {most}, such as {otherwise} or {otherwise * 100}%, not '{text}'."));
    }
}

/// <summary>An estimator as it is typed.</summary>
internal static class EstimatorOption
{
    /// <summary>Null for null.</summary>
    /// <exception cref="UserException">There is no such estimator.</exception>
    public static Estimator? Of(string? text)
    {
        var words = SettingsShape.Words(typeof(Estimator)).ToList();
        return text is null ? null
            : words.IndexOf(text) is var index and >= 0 ? Enum.GetValues<Estimator>()[index]
            : throw new UserException(ProblemCode.Usage, $"--estimator is {Shown.Quoted(text)}; expected {string.Join(" or ", words)}{Suggestion.For(text, words)}");
    }
}
