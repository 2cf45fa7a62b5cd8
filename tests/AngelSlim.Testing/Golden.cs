using System.Runtime.CompilerServices;
using Xunit;

namespace AngelSlim.Testing;

/// <summary>Golden data: small files that the project carries, and the large shared folder where it is there.</summary>
public static class Golden
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Our own goldens: <c>tests/goldens</c>.</summary>
    public static string Own(params string[] parts) => Path.Combine([Root, "tests", "goldens", .. parts]);

    /// <summary>The shared golden folder, or null where this machine has none: <c>ANGELSLIM_GOLDEN</c>, else <c>../shared/golden</c>.</summary>
    public static string? Shared { get; } = FindShared("ANGELSLIM_GOLDEN", "golden");

    /// <summary>Beside it: models and data. Null where this machine has none.</summary>
    public static string? SharedBeside(params string[] parts)
    {
        var path = Shared is null ? null : Path.Combine([Path.GetDirectoryName(Shared.TrimEnd('/'))!, .. parts]);
        return Path.Exists(path) ? path : null;
    }

    /// <summary>
    /// The folders of an area's cases: those under <c>tests/goldens/AREA</c>, and those of the shared folder where it is
    /// there. A case is found by a file that it must have, so that further cases are judged without a change.
    /// </summary>
    public static IEnumerable<string> Cases(string area, string having)
    {
        IEnumerable<string> places = Shared is null ? [Own(area)] : [Own(area), Path.Combine(Shared, area)];
        return places.Where(Directory.Exists).SelectMany(place => CasesIn(place, having)).OrderBy(folder => folder, StringComparer.Ordinal);
    }

    /// <summary>The cases of one such folder, by name.</summary>
    public static IEnumerable<string> CasesIn(string place, string having) =>
        Directory.EnumerateDirectories(place).Where(folder => File.Exists(Path.Combine(folder, having))).OrderBy(folder => folder, StringComparer.Ordinal);

    /// <summary>Compares a text with <c>goldens/NAME</c> beside the test; UPDATE_GOLDENS=1 writes it.</summary>
    public static void Matches(string name, string actual, [CallerFilePath] string from = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(from)!, "goldens", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") is "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} does not exist; run once with UPDATE_GOLDENS=1 and read it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "AngelSlim.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("AngelSlim.sln is in no folder above the tests.");
        }

        return folder;
    }

    private static string? FindShared(string variable, string name)
    {
        var path = Environment.GetEnvironmentVariable(variable) ?? Path.Combine(Root, "..", "shared", name);
        return Directory.Exists(path) ? Path.GetFullPath(path) : null;
    }
}
