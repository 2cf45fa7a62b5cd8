using AngelSlim.Cli.Documents;

namespace AngelSlim.Cli.Rendering;

/// <summary>What a cache has, for people.</summary>
internal static class CacheText
{
    private const int Digits = 8;

    /// <summary>A table and a sum.</summary>
    public static string Of(string place, IReadOnlyList<CacheDocumentEntry> entries)
    {
        var ofPlan = entries.Any(entry => entry.Step is not null);
        var table = ofPlan ? new Table("step", "result", "here", "in the cache", "size") : new Table("result", "in the cache", "size");
        foreach (var entry in entries)
        {
            var (result, size) = (entry.Key is { } key ? $"{entry.Stage}/{key[..Digits]}" : "", entry.Files > 0 ? Words.OfBytes(entry.Bytes) : "");
            if (ofPlan)
            {
                table.Add(entry.Step!, result, entry.Here is true ? "yes" : "", Word(entry.State), size);
            }
            else
            {
                table.Add(result, Word(entry.State), size);
            }
        }

        return entries.Count is 0 ? $"{place} has no result." : $"{table}\n\n{Sum(place, entries)}";
    }

    private static string Sum(string place, IReadOnlyList<CacheDocumentEntry> entries)
    {
        var there = entries.Where(entry => entry.State is CacheState.There).DistinctBy(entry => (entry.Stage, entry.Key)).ToList();
        return $"{place} has {Words.Count(there.Count, "result")} of {Words.OfBytes(there.Sum(entry => entry.Bytes))}"
            + (entries.All(entry => entry.Step is null) ? "" : $", for {entries.Count(entry => entry.State is CacheState.There)} of {Words.Count(entries.Count, "step")}") + ".";
    }

    private static string Word(CacheState state) => state switch
    {
        CacheState.There => "yes",
        CacheState.Part => "in part",
        CacheState.Damaged => "DAMAGED",
        CacheState.Unknown => "not known yet",
        _ => "",
    };
}
