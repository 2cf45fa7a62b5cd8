using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Running;

/// <summary>Waits until files change. Asks for their identity again and again: what a network disk changes, no notice of the system tells.</summary>
internal sealed class FileWatch
{
    private readonly HashSet<Artifact> _sources = [];
    private readonly Dictionary<string, FileIdentity?> _seen = new(StringComparer.Ordinal);

    /// <summary>What is watched.</summary>
    public IReadOnlyCollection<Artifact> Sources => _sources;

    /// <summary>Watches the files of a source from now on; that it is not there is also something that can change.</summary>
    public void Add(Artifact source)
    {
        if (_sources.Add(source))
        {
            foreach (var (file, identity) in Look([source]))
            {
                _seen.TryAdd(file, identity);
            }
        }
    }

    /// <summary>Waits until something is not what it was when it was added, and has then stayed as it is for one interval: an editor writes in several goes.</summary>
    /// <param name="interval">Between two looks.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The first file that is another one; null when the wait was ended.</returns>
    public string? Wait(TimeSpan interval, CancellationToken cancellation)
    {
        var last = Look(_sources);
        while (!cancellation.WaitHandle.WaitOne(interval))
        {
            var now = Look(_sources);
            if (FirstDifference(_seen, now) is { } changed && FirstDifference(last, now) is null)
            {
                return changed;
            }

            last = now;
        }

        return null;
    }

    private static Dictionary<string, FileIdentity?> Look(IEnumerable<Artifact> sources) =>
        sources.SelectMany(SourceDigests.FilesOf).Distinct(StringComparer.Ordinal).ToDictionary(file => file, IdentityOf, StringComparer.Ordinal);

    private static string? FirstDifference(Dictionary<string, FileIdentity?> before, Dictionary<string, FileIdentity?> now) =>
        before.Keys.Union(now.Keys).FirstOrDefault(file => before.GetValueOrDefault(file) != now.GetValueOrDefault(file));

    private static FileIdentity? IdentityOf(string file)
    {
        try
        {
            return FileIdentity.Of(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
