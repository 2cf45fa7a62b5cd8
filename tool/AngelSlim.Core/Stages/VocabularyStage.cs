using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages;

/// <summary>Counts what the answers of the training rows say, and keeps the most frequent words for the draft.</summary>
internal sealed class VocabularyStage() : Stage<VocabularySettings, VocabularyInputs, DraftWords>("vocabulary", 1)
{
    /// <inheritdoc/>
    protected override void Run(VocabularySettings settings, VocabularyInputs inputs, StageContext context)
    {
        var counts = new long[ConfigObject.Read(Path.Combine(inputs.Target.Folder, "config.json")).Vocabulary];
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
}
