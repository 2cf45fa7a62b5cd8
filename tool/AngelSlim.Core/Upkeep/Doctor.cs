using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Upkeep;

/// <summary>Examines a store from the disk up, and mends what can be mended without losing anything.</summary>
/// <param name="root">The store.</param>
/// <param name="treatment">Whether it mends; then the store must be held alone.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="report">Told how far the reading is.</param>
internal sealed class Doctor(string root, Treatment treatment, TimeProvider clock, Action<Progressed> report)
{
    /// <summary>Examines; the work is done while the findings are enumerated.</summary>
    public IEnumerable<Finding> Examine()
    {
        foreach (var finding in new DiskExamination(root, clock).Look())
        {
            yield return finding;
        }

        var index = new IndexExamination(root, treatment, clock);
        var file = index.File();
        yield return file;
        using var database = file.Health is Health.Wrong || (treatment is Treatment.Look && !File.Exists(Path.Combine(root, RunDatabase.FileName))) ? null : RunDatabase.Open(root);
        var store = new ArtifactStore(root, new FileDigests(database ?? (IDigestMemo)new Forgetful(), clock), clock);
        foreach (var finding in new ResultsExamination(store, treatment, report).Look([.. store.Objects()]))
        {
            yield return finding;
        }

        // Only now: what was damaged lies elsewhere.
        foreach (var finding in database is null ? [] : index.Contents(database, [.. store.Objects()]))
        {
            yield return finding;
        }

        foreach (var finding in new LeftoversExamination(store, treatment, clock).Look())
        {
            yield return finding;
        }
    }

    /// <summary>Stands for an index that cannot be used.</summary>
    private sealed class Forgetful : IDigestMemo
    {
        public Digest? Find(FileIdentity file) => null;

        public void Keep(IReadOnlyCollection<FileContent> files)
        {
        }
    }
}
