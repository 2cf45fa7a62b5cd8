namespace AngelSlim.Core.Planning;

/// <summary>Puts steps into an order in which they can run.</summary>
internal static class StepOrder
{
    /// <summary>Every step after those that it reads; among those that could come next, the one that was given first.</summary>
    /// <exception cref="ArgumentException">Two steps share an id, or a step reads one that does not exist, or itself by a detour.</exception>
    public static IReadOnlyList<Step> Of(IReadOnlyList<Step> steps)
    {
        var places = Places(steps);
        var waitsFor = new int[steps.Count];
        var readers = steps.Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var producer in steps[i].Producers)
            {
                readers[Place(producer, steps[i], places)].Add(i);
                waitsFor[i]++;
            }
        }

        var isReady = Array.ConvertAll(waitsFor, producers => producers is 0);
        var ordered = new List<Step>(steps.Count);
        for (var next = Array.IndexOf(isReady, true); next >= 0; next = Array.IndexOf(isReady, true))
        {
            isReady[next] = false;
            ordered.Add(steps[next]);
            foreach (var reader in readers[next])
            {
                isReady[reader] = --waitsFor[reader] is 0;
            }
        }

        return ordered.Count == steps.Count
            ? ordered
            : throw new ArgumentException($"These steps read each other in a circle: {string.Join(" <- ", Circle(steps, places, waitsFor))}.", nameof(steps));
    }

    private static Dictionary<string, int> Places(IReadOnlyList<Step> steps)
    {
        var places = new Dictionary<string, int>(steps.Count, StringComparer.Ordinal);
        foreach (var step in steps)
        {
            if (!places.TryAdd(step.Id, places.Count))
            {
                throw new ArgumentException($"Two steps have the id {step.Id}.", nameof(steps));
            }
        }

        return places;
    }

    private static int Place(string producer, Step reader, Dictionary<string, int> places) => places.TryGetValue(producer, out var place)
        ? place
        : throw new ArgumentException($"Step {reader.Id} reads {producer}, which does not exist.", nameof(reader));

    /// <summary>Walks from a step that never gets ready to one that it reads and that never gets ready either, until it meets itself.</summary>
    private static IEnumerable<string> Circle(IReadOnlyList<Step> steps, Dictionary<string, int> places, int[] waitsFor)
    {
        var walked = new List<string>();
        var at = Array.FindIndex(waitsFor, waiting => waiting > 0);
        while (!walked.Contains(steps[at].Id))
        {
            walked.Add(steps[at].Id);
            at = steps[at].Producers.Select(producer => places[producer]).First(producer => waitsFor[producer] > 0);
        }

        return walked[walked.IndexOf(steps[at].Id)..].Append(steps[at].Id);
    }
}
