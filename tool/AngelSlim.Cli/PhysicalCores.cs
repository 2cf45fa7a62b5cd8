namespace AngelSlim.Cli;

/// <summary>Counts cores: two hardware threads of one core share the units that a matrix product keeps busy.</summary>
internal static class PhysicalCores
{
    /// <summary>As many as the system lists, but no more than the process may use.</summary>
    /// <param name="system">The folder in which Linux lists processors; where there is none, every processor counts.</param>
    /// <param name="usable">Processors that this process may use.</param>
    public static int Count(string system, int usable)
    {
        var files = Enumerable.Range(0, usable).Select(i => Path.Combine(system, $"cpu{i}", "topology", "thread_siblings_list"));
        var siblings = files.Where(File.Exists).Select(File.ReadAllText).Distinct().Count();
        return siblings is 0 ? usable : Math.Min(siblings, usable);
    }
}
