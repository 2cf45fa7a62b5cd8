using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Core.Upkeep;
using AngelSlim.Toy;
using Xunit;

namespace AngelSlim.Core.Tests.Crashes;

/// <summary>What a power cut, a copy that broke off, or a bad disk leaves of a file of the store.</summary>
public sealed class A_truncated_file : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, StoredArtifact> _made;

    public A_truncated_file()
    {
        using var toy = new ToyStore(Root);
        toy.Run(Acts.Steps);
        _made = new(toy.Results);
        StoreCopy.Make(Root, Live);
    }

    private string Root => _folder.At("store");

    /// <summary>The store as it was while a process had its index open.</summary>
    private string Live => _folder.At("live");

    [Theory]
    [InlineData("output/text", 0)]
    [InlineData("output/text", 5)]
    [InlineData(ArtifactStore.ListingFile, 0)]
    [InlineData(ArtifactStore.ListingFile, 100)]
    public void Of_a_result_is_noticed_by_the_next_run_which_makes_that_result_alone_again(string file, int length)
    {
        Cut(Path.Combine(Path.GetDirectoryName(_made["a"].Folder)!, file), length);
        using var toy = new ToyStore(Root);
        Assert.Equal(new() { ["a"] = "made", ["b"] = "cached", ["all"] = "cached", ["lines"] = "cached" }, toy.Run(Acts.Steps));
        Assert.Equal(_made["a"].Listing.Digest, toy.Results["a"].Listing.Digest);
        Assert.Single(Directory.GetDirectories(toy.Store.Quarantine));
    }

    [Fact]
    public void That_says_what_a_result_was_made_of_is_noticed_by_the_doctor()
    {
        Cut(Path.Combine(Path.GetDirectoryName(_made["a"].Folder)!, ArtifactStore.RecipeFile), length: 10);
        Assert.Contains(Mend(Root), finding => finding is { Check: "results", Health: Health.Mended } && finding.Text.Contains("is not the recipe of this key", StringComparison.Ordinal));
        using var toy = new ToyStore(Root);
        Assert.Equal("made", toy.Run(Acts.Steps)["a"]);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.9)]
    public void That_is_the_log_of_the_index_costs_no_result(double share)
    {
        var log = Path.Combine(Live, RunDatabase.FileName + "-wal");
        Cut(log, (int)(share * new FileInfo(log).Length));
        Assert.DoesNotContain(Mend(Live), finding => finding.Health is Health.Wrong);
        using var toy = new ToyStore(Live);
        Assert.Equal(["cached"], toy.Run(Acts.Steps).Values.Distinct());
        Assert.Equal(4L, toy.Database.Scalar("select count(*) from artifacts"));
        Assert.Equal([1L, 2L], toy.Database.Rows("select id from runs order by id", row => row.GetInt64(0)));
    }

    public void Dispose() => _folder.Dispose();

    private static List<Finding> Mend(string root) => [.. new Doctor(root, Treatment.Mend, TimeProvider.System, _ => { }).Examine()];

    private static void Cut(string path, int length)
    {
        var bytes = File.ReadAllBytes(path);
        Assert.InRange(length, 0, bytes.Length - 1);
        File.Delete(path);
        File.WriteAllBytes(path, bytes[..length]);
    }
}
