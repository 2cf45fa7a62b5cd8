using System.Collections.Concurrent;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Upkeep;

namespace AngelSlim.Core.Sharing;

/// <summary>A result of a cache, every byte of it read.</summary>
/// <param name="There">By names and sizes.</param>
/// <param name="Faults">What is wrong with it; empty when nothing is.</param>
internal sealed record VerifiedResult(CachedResult There, IReadOnlyList<string> Faults);

/// <summary>Reads every byte of results in a cache.</summary>
/// <param name="cache">Where.</param>
/// <param name="lanes">How much at once.</param>
/// <param name="treatment">Whether what is damaged is taken out, so that a push sends it again.</param>
/// <param name="tell">Takes what happens, by key; from several threads.</param>
internal sealed class CacheVerification(ICache cache, Lanes lanes, Treatment treatment, Action<string, RunEvent> tell)
{
    private readonly CachedResults _results = new(cache);
    private readonly Download _download = new(cache);

    /// <summary>Reads.</summary>
    /// <returns>In the order of what was found.</returns>
    /// <exception cref="Manifests.DataException">The cache refuses.</exception>
    public IReadOnlyList<VerifiedResult> Go(IReadOnlyList<CachedResult> found, CancellationToken cancellation) =>
        lanes.Map(found, each => Verify(each, cancellation), cancellation);

    private VerifiedResult Verify(CachedResult found, CancellationToken cancellation)
    {
        var wanted = new Wanted(Step: null, found.Key);
        tell(wanted.Id, new Began("is read"));
        var there = _results.Judge(found, cancellation);
        var moved = new MovedBytes(there.Bytes, happened => tell(wanted.Id, happened), cancellation);
        var wrong = new ConcurrentDictionary<string, string>();
        lanes.Each([.. Judged(there)], file => Read(file, wrong, moved, cancellation), cancellation);
        var faults = wrong.OrderBy(fault => fault.Key, StringComparer.Ordinal).Select(fault => $"{fault.Key[CacheNames.Of(found.Key, "").Length..]}: {fault.Value}");
        var all = (there.Fault is { } missing ? faults.Prepend(missing) : faults).ToList();
        if (treatment is Treatment.Mend && all.Count > 0)
        {
            // The listing first: without it nothing counts.
            foreach (var name in wrong.Keys.Prepend(CacheNames.Of(found.Key, CacheNames.Listing)))
            {
                cache.Delete(name, cancellation);
            }
        }

        tell(wanted.Id, wanted.Over);
        return new(there, all);
    }

    private void Read(ArrivingFile file, ConcurrentDictionary<string, string> wrong, MovedBytes moved, CancellationToken cancellation) => lanes.Move(
        () =>
        {
            if (_download.Fault(file, new OnlyCounted(moved), cancellation) is { } fault)
            {
                wrong[file.Name] = fault;
            }
        },
        cancellation);

    /// <summary>Every file whose name says what it holds, also what no listing names.</summary>
    private static IEnumerable<ArrivingFile> Judged(CachedResult there) =>
        from file in there.Files
        let digest = CacheNames.DigestIn(CacheNames.Files, file.Key) ?? CacheNames.DigestIn(CacheNames.Logs, file.Key) ?? (file.Key is CacheNames.Recipe ? there.Key.Recipe : null)
        where digest is not null
        select new ArrivingFile(CacheNames.Of(there.Key, file.Key), file.Value, digest);

    private sealed class OnlyCounted(MovedBytes moved) : ITaker
    {
        private long _taken;

        public void Begin()
        {
            moved.Add(-_taken);
            _taken = 0;
        }

        public void Take(ReadOnlySpan<byte> block)
        {
            moved.Add(block.Length);
            _taken += block.Length;
        }
    }
}
