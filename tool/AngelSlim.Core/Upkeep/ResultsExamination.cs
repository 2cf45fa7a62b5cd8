using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Upkeep;

/// <summary>Reads every byte of every result.</summary>
internal sealed class ResultsExamination(ArtifactStore store, Treatment treatment, Action<Progressed> report)
{
    private const string Check = "results";
    private const long Megabyte = 1_000_000;

    /// <summary>Looks; what is damaged is put aside when it is to be mended, so that a run makes it again.</summary>
    /// <param name="objects">All results.</param>
    public IEnumerable<Finding> Look(IReadOnlyList<StoredObject> objects)
    {
        var total = objects.Sum(found => found.Artifact?.Listing.Size ?? 0);
        var (done, whole) = (0L, 0);
        foreach (var found in objects)
        {
            report(new(done / Megabyte, total / Megabyte, "MB") { Detail = $"{found.Key}" });
            if (Judge(found) is { } finding)
            {
                yield return finding;
            }
            else
            {
                whole++;
            }

            done += found.Artifact?.Listing.Size ?? 0;
        }

        report(new(total / Megabyte, total / Megabyte, "MB"));
        yield return new(Check, Health.Fine, string.Create(CultureInfo.InvariantCulture, $"{whole} of {objects.Count} are whole, every byte of {total / Megabyte:N0} MB read"));
    }

    private Finding? Judge(StoredObject found)
    {
        string? fault;
        try
        {
            fault = ArtifactStore.Fault(found);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return new(Check, Health.Wrong, $"{found.Folder} cannot be judged: {refusal.Message}");
        }

        if (fault is null)
        {
            return null;
        }

        if (StoreLock.IsHeld(store.Root, found.Key))
        {
            return new(Check, Health.Note, $"{found.Key} is being made again");
        }

        return treatment is Treatment.Mend
            ? new(Check, Health.Mended, $"{found.Key} was damaged ({fault}). It lies at {store.SetAside(found.Key)}; a run that needs it makes it again.")
            : new(Check, Health.Wrong, $"{found.Key} is damaged: {fault}. --fix puts it aside, and a run that needs it makes it again.");
    }
}
