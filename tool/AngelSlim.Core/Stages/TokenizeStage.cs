using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages;

/// <summary>Makes token rows with exact loss masks of conversations, and puts some of them aside for the held-out figures.</summary>
/// <remarks>
/// Held-out rows come from their own files where those are named; a training conversation that is also among them is left out of
/// training. Otherwise the digest of a conversation's text decides, so that adding or reordering rows moves none of the
/// others. Files are written under other names and renamed at the end: a kill leaves nothing that looks complete.
/// </remarks>
internal sealed class TokenizeStage() : Stage<TokenizeSettings, TokenizeInputs, TokenRows>("tokenize", 4)
{
    private const int RowsBetweenReports = 200;

    /// <inheritdoc/>
    protected override void Run(TokenizeSettings settings, TokenizeInputs inputs, StageContext context)
    {
        var output = new TokenRows(context.Output);
        var files = Files(inputs);
        var total = files.Sum(file => JsonLines.Count(file.Path));

        // Behind its last position a target has learnt nothing, and its states would teach nothing.
        var positions = ConfigObject.Read(Path.Combine(inputs.Target.Folder, "config.json")).Positions;
        var cut = settings with { MaxTokens = Math.Min(settings.MaxTokens, positions ?? settings.MaxTokens) };
        using (var rows = new RowSorter(cut, context, ConversationTokens.Load(inputs.Target.Folder, TemplateClock.Instance, settings.Mask)))
        {
            var heldoutShare = files.Exists(file => file.IsHeldout) ? 0 : settings.HeldoutShare;
            long done = 0;
            foreach (var (path, isHeldout) in files)
            {
                foreach (var line in JsonLines.Read(path))
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    rows.Add(line, isHeldout ? 1 : heldoutShare);
                    if (++done % RowsBetweenReports is 0 || done == total)
                    {
                        context.Report(new Progressed(done, total, "rows"));
                    }
                }
            }

            rows.Finish(expectsHeldout: heldoutShare > 0 || files.Exists(file => file.IsHeldout));
        }

        File.Move(output.Heldout + RowSorter.Unfinished, output.Heldout, overwrite: true);
        File.Move(output.Train + RowSorter.Unfinished, output.Train, overwrite: true);
    }

    /// <summary>What is held out first, so that training does not get the same.</summary>
    private static List<(string Path, bool IsHeldout)> Files(TokenizeInputs inputs)
    {
        var (heldout, train) = (inputs.Heldout.Select(file => file.Path), inputs.Train.Select(file => file.Path));
        if (inputs.Regenerated is { } regenerated)
        {
            (heldout, train) = (File.Exists(regenerated.Heldout) ? [regenerated.Heldout] : [], [regenerated.Train]);
        }

        return [.. heldout.Select(path => (path, true)), .. train.Select(path => (path, false))];
    }
}
