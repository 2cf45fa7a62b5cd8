using System.Text.Json;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages;

/// <summary>Counts what the answers of the training rows say, and keeps the most frequent words for the draft.</summary>
internal sealed class VocabularyStage() : Stage<VocabularySettings, VocabularyInputs, DraftWords>("vocabulary", 1)
{
    private const int LargestVocabulary = 4_000_000;
    private const int LargestConfig = 1 << 20;

    /// <inheritdoc/>
    protected override void Run(VocabularySettings settings, VocabularyInputs inputs, StageContext context)
    {
        var counts = new long[TargetVocabulary(inputs.Target.Folder)];
        foreach (var row in TokenRowFile.Read(inputs.Rows.Train, counts.Length))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            for (var index = 0; index < row.Ids.Length; index++)
            {
                counts[row.Ids[index]] += row.Mask[index] ? 1 : 0;
            }
        }

        var words = DraftWordList.MostFrequent(counts, settings.Size ?? counts.Length);
        words.Write(new DraftWords(context.Output).File);
        context.Report(new Measured("words", words.Words.Length));
        context.Report(new Measured("coverage", words.Coverage));
    }

    /// <summary><c>vocab_size</c> of <c>config.json</c>, or of its <c>text_config</c>: rows of the target's head, which may be more than tokens.</summary>
    private static int TargetVocabulary(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path) || new FileInfo(path).Length > LargestConfig)
        {
            throw new DataException(ProblemCode.BadConfig, $"expected a config.json of at most {LargestConfig} bytes", new TextPlace(path));
        }

        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(path));
            return Size(config.RootElement) is > 0 and <= LargestVocabulary and var size
                ? size
                : throw new DataException(ProblemCode.BadConfig, $"expected \"vocab_size\" from 1 to {LargestVocabulary}", new TextPlace(path));
        }
        catch (JsonException failure)
        {
            throw new DataException(ProblemCode.BadConfig, "not JSON: " + failure.Reason(), failure.Place(path), failure);
        }
    }

    private static int Size(JsonElement config)
    {
        if (config.ValueKind is not JsonValueKind.Object)
        {
            return 0;
        }

        return config.TryGetProperty("vocab_size", out var size) && size.ValueKind is JsonValueKind.Number && size.TryGetInt32(out var value) ? value
            : config.TryGetProperty("text_config", out var text) ? Size(text) : 0;
    }
}
