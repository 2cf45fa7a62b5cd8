using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class The_experiments
{
    private static readonly string Folder = Path.Combine(Golden.Root, "experiments");

    public static TheoryData<string> Manifests =>
    [
        .. new[] { Folder, Path.Combine(Folder, "builtin") }
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json"))
            .Select(path => Path.GetRelativePath(Folder, path))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Are_right_but_for_what_has_to_be_fetched_or_made_first(string name)
    {
        var surroundings = new Surroundings(Path.Combine(Folder, "none"), Path.Combine(Folder, "builtin"));
        try
        {
            Assert.Empty(ExperimentReader.Read(Path.Combine(Folder, name), surroundings).Warnings);
        }
        catch (UserException refusal)
        {
            Assert.All(refusal.Problems, problem => Assert.True(
                problem.Code is ProblemCode.MissingFile || problem.Message.StartsWith("'target.builtin'", StringComparison.Ordinal),
                problem.ToString()));
        }
    }
}
