using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Baselines;

/// <summary>Reads an evaluation of the store.</summary>
internal static class EvaluationCounts
{
    /// <summary>With the counts of every prompt.</summary>
    /// <param name="step">The step's name.</param>
    /// <param name="key">The result's name.</param>
    /// <param name="recipe">The text behind the key.</param>
    /// <param name="evaluation">The result.</param>
    /// <exception cref="DataException">It is not what its stage writes.</exception>
    public static MeasuredEvaluation Read(string step, StepKey key, string recipe, Evaluation evaluation)
    {
        var summary = ArtifactJson.Read<EvaluationSummary>(evaluation.Summary);
        var made = JsonNode.Parse(recipe)!;
        return new()
        {
            Step = step,
            Key = key.Recipe.Hex,
            Settings = made["settings"]!.DeepClone(),
            Inputs = made["inputs"]!.DeepClone(),
            Prompts = [.. File.ReadLines(evaluation.Rounds).Index().Select(line => Prompt(line.Item, summary.All.AcceptedByPosition.Count, new TextPlace(evaluation.Rounds, line.Index + 1)))],
        };
    }

    private static MeasuredPrompt Prompt(string line, int longest, TextPlace place)
    {
        try
        {
            using var json = JsonDocument.Parse(Encoding.UTF8.GetBytes(line));
            var (prompt, accepted) = (json.RootElement, new int[longest]);
            var text = prompt.GetProperty("text");
            foreach (var round in text.GetProperty("rounds").EnumerateArray())
            {
                for (var position = round.GetProperty("accepted").GetInt32() - 1; position >= 0; position--)
                {
                    accepted[position]++;
                }
            }

            return new()
            {
                Source = prompt.GetProperty("source").GetString()!,
                Prompt = prompt.GetProperty("prompt").GetString()!,
                Rounds = text.GetProperty("rounds").GetArrayLength(),
                NewTokens = text.GetProperty("tokens").GetArrayLength(),
                Accepted = accepted,
            };
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new DataException(
                ProblemCode.StoreCorrupt, $"A prompt with its rounds expected: {failure.Message} Delete the folder {Path.GetDirectoryName(place.File)} and run again: it is made anew.", place, failure);
        }
    }
}
