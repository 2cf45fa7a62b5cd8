using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Baselines;

/// <summary>Says why two evaluations are not measurements of one thing. The draft is what may differ.</summary>
internal static class Differing
{
    private const int DigitsShown = 8;

    /// <summary>How many prompts are decoded at once changes texts by rounding only.</summary>
    private static readonly string[] Harmless = ["promptsAtOnce"];

    /// <summary>One sentence for each difference; none where there is none.</summary>
    public static IReadOnlyList<string> Between(MeasuredEvaluation before, MeasuredEvaluation after)
    {
        var (then, now) = (before.Settings.AsObject(), after.Settings.AsObject());
        var names = then.Select(setting => setting.Key).Union(now.Select(setting => setting.Key)).Except(Harmless);
        var settings = names.Where(name => !JsonNode.DeepEquals(then[name], now[name])).Select(name => $"{name} was {Text(then[name])} and is {Text(now[name])}");
        var inputs = Inputs(before).Where(name => Text(before.Inputs[name]) != Text(after.Inputs[name])).Select(name => $"another {name}: {Short(before.Inputs[name])} was measured and {Short(after.Inputs[name])} is");
        return [.. settings, .. inputs, .. Prompts(before, after)];
    }

    /// <summary>Rows hold the prompts only where no file does.</summary>
    private static string[] Inputs(MeasuredEvaluation evaluation) =>
        evaluation.Inputs["prompts"] is JsonArray { Count: > 0 } ? ["target", "prompts"] : ["target", "prompts", "rows"];

    private static IEnumerable<string> Prompts(MeasuredEvaluation before, MeasuredEvaluation after)
    {
        var (then, now) = (before.Prompts, after.Prompts);
        if (then.Count != now.Count)
        {
            yield return $"{then.Count} prompts were measured and {now.Count} are";
        }
        else if (then.Zip(now).FirstOrDefault(pair => (pair.First.Source, pair.First.Prompt) != (pair.Second.Source, pair.Second.Prompt)) is { First: { } first, Second: { } second })
        {
            yield return $"other prompts: {first.Source}/{first.Prompt} was measured where {second.Source}/{second.Prompt} is";
        }
        else if (then[0].Accepted.Count != now[0].Accepted.Count)
        {
            yield return $"{then[0].Accepted.Count} positions were counted and {now[0].Accepted.Count} are";
        }
    }

    private static string Text(JsonNode? value) => value is null ? "none" : CanonicalJson.Write(value);

    private static string Short(JsonNode? digest) => digest switch
    {
        JsonArray many => $"[{string.Join(", ", many.Select(Short))}]",
        JsonValue one when one.GetValueKind() is JsonValueKind.String && one.GetValue<string>() is { Length: > DigitsShown } text => text[..DigitsShown],
        _ => Text(digest),
    };
}
