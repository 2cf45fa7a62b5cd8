using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Reporting;
using AngelSlim.Torch.Drafts;

namespace AngelSlim.Torch.Training;

/// <summary>The drafts that held-out rows liked best so far, and at the end the one that is the result.</summary>
/// <remarks>
/// A run that goes on from its checkpoint evaluates the same drafts again and comes to the same figures, so a draft that was
/// deleted for a later one is not missed: the later one is made again before anybody asks.
/// </remarks>
/// <param name="scratch">Where they are while training goes on.</param>
/// <param name="draft">In training.</param>
/// <param name="settings">How many, and which becomes the result.</param>
/// <param name="heldout">The file of the held-out rows, for errors.</param>
internal sealed class Snapshots(string scratch, Eagle3Draft draft, TrainingSettings settings, string heldout)
{
    private const string FolderName = "snapshots";

    private readonly string _folder = Path.Combine(scratch, FolderName);
    private readonly int _count = Math.Max(settings.Snapshots, settings.Keep is KeptStep.Best ? 1 : 0);

    /// <summary>Nothing can be called best without held-out rows.</summary>
    /// <param name="hasRows">There are some that count.</param>
    /// <exception cref="DataException">The settings ask for the best, and there are none.</exception>
    public void RefuseUnless(bool hasRows)
    {
        if (!hasRows && (_count > 0 || settings.Patience is not null))
        {
            throw new DataException(
                ProblemCode.NoRows,
                "'training.keep', 'training.patience' or 'training.snapshots' asks which step is best, but no row is held out to judge by. Name data.heldout, or raise data.heldoutShare.",
                new TextPlace(heldout));
        }
    }

    /// <summary>Writes the draft as it is.</summary>
    /// <param name="step">After which step.</param>
    public void Take(int step)
    {
        if (_count > 0)
        {
            TrainedDraftFile.Write(Directory.CreateDirectory(Of(step)).FullName, draft);
        }
    }

    /// <summary>Deletes those that are not among the best.</summary>
    public void KeepBest(HeldoutTable table)
    {
        var kept = table.BestFirst.Take(_count).Select(Of).ToHashSet(StringComparer.Ordinal);
        foreach (var folder in _count > 0 ? Directory.GetDirectories(_folder) : [])
        {
            if (!kept.Contains(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>Writes the result, and beside it the drafts that are asked for.</summary>
    /// <param name="output">Where.</param>
    /// <param name="table">What held-out rows said, to the end.</param>
    public void Publish(string output, HeldoutTable table)
    {
        RefuseUnless(table.Lines.Count > 0);
        foreach (var step in table.BestFirst.Take(settings.Snapshots))
        {
            Copy(Of(step), Path.Combine(output, FolderName, Path.GetFileName(Of(step))));
        }

        if (settings.Keep is KeptStep.Best)
        {
            Copy(Of(table.BestFirst.First()), output);
        }
        else
        {
            TrainedDraftFile.Write(output, draft);
        }
    }

    private string Of(int step) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"step-{step}"));

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }
}
