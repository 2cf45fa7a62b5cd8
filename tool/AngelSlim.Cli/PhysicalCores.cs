namespace AngelSlim.Cli;

/// <summary>Counts cores: two hardware threads of one core share the units that a matrix product keeps busy.</summary>
internal static class PhysicalCores
{
    /// <summary>As many as the system lists, but no more than the process may use.</summary>
    /// <param name="system">The folder in which Linux lists processors; where there is none, every processor counts.</param>
    /// <param name="usable">Processors that this process may use.</param>
    public static int Count(string system, int usable)
    {
        var cores = new HashSet<string>(StringComparer.Ordinal);
        for (var processor = 0; processor < usable; processor++)
        {
            var siblings = Path.Combine(system, $"cpu{processor}", "topology", "thread_siblings_list");
            if (File.Exists(siblings))
            {
                cores.Add(File.ReadAllText(siblings));
            }
        }

        return cores.Count is 0 ? usable : Math.Min(cores.Count, usable);
    }
}
