using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Core.Upkeep;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Upkeep;

public sealed class A_doctor : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, StoredArtifact> _made;

    public A_doctor()
    {
        using var toy = new ToyStore(Root);
        toy.Run(Steps);
        _made = new(toy.Results);
    }

    private static Core.Planning.Step[] Steps => [Write("a"), Write("b"), Join("all", "a", "b")];

    private string Root => _folder.At("store");

    private string Index => Path.Combine(Root, "runs.db");

    [Fact]
    public void Finds_nothing_wrong_with_a_store_that_is_well_and_changes_nothing()
    {
        var before = Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories).Order();
        Assert.All(Look(), finding => Assert.True(finding.Health is Health.Fine or Health.Note, finding.Text));
        Assert.Equal(before, Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories).Order());
        Assert.Contains(Look(), finding => finding.Text.StartsWith("3 of 3 are whole", StringComparison.Ordinal));
        Assert.DoesNotContain(Look(), finding => finding.Text.Contains("of earlier times", StringComparison.Ordinal));
    }

    [Fact]
    public void Tells_of_indexes_whose_place_another_has_taken()
    {
        File.Copy(Index, Index + ".v1.backup");
        File.Copy(Index, Index + ".corrupt-20260101000000000");
        Assert.Contains(Look(), finding => finding.Text.StartsWith("indexes of earlier times: 2, ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("header")]
    [InlineData("page")]
    [InlineData("half")]
    [InlineData("text")]
    public void Puts_a_damaged_index_aside_and_makes_it_anew(string damage)
    {
        var bytes = File.ReadAllBytes(Index);
        switch (damage)
        {
            case "header":
                bytes.AsSpan(0, 16).Fill(0x5a);
                break;
            case "page":
                bytes.AsSpan(4096, 3000).Fill(0x5a);
                break;
            case "half":
                bytes = bytes[..(bytes.Length / 2)];
                break;
            default:
                bytes = [.. Enumerable.Repeat((byte)'x', 5000)];
                break;
        }

        File.WriteAllBytes(Index, bytes);
        Assert.Contains(Look(), finding => finding is { Check: "index", Health: Health.Wrong } && finding.Text.Contains("doctor --fix", StringComparison.Ordinal));

        var mended = Mend();

        Assert.Contains(mended, finding => finding is { Check: "index", Health: Health.Mended } && finding.Text.Contains(".corrupt-", StringComparison.Ordinal));
        Assert.Equal(bytes, File.ReadAllBytes(Assert.Single(Directory.GetFiles(Root, "runs.db.corrupt-*"))));
        IsWhole();
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("empty")]
    public void Fills_an_index_that_knows_nothing(string how)
    {
        File.Delete(Index);
        if (how is "empty")
        {
            File.WriteAllBytes(Index, []);
        }

        Look();
        Assert.Equal(how is "empty", File.Exists(Index));
        Assert.Contains(Mend(), finding => finding.Text.StartsWith("3 of 3 results", StringComparison.Ordinal));
        IsWhole();
    }

    [Fact]
    public void Makes_good_an_index_that_was_copied_without_its_log()
    {
        var copy = _folder.At("copy");
        using (var toy = new ToyStore(Root))
        {
            toy.Run(Steps);
            toy.Run(Write("c"));
            File.Copy(Index, copy);
        }

        File.Move(copy, Index, overwrite: true);
        Mend();
        Assert.All(Look(), finding => Assert.True(finding.Health is Health.Fine or Health.Note, finding.Text));
        using var again = new ToyStore(Root);
        Assert.Equal([1L, 2L, 3L], again.Database.Rows("select id from runs order by id", row => row.GetInt64(0)));
        Assert.Equal(4L, again.Database.Scalar("select count(*) from artifacts"));
    }

    [Fact]
    public void Puts_aside_what_is_damaged_so_that_a_run_makes_it_again()
    {
        Damage(Path.Combine(_made["a"].Folder, "text"), "a 0\na 1\na 3\n");
        Damage(Path.Combine(Path.GetDirectoryName(_made["b"].Folder)!, ArtifactStore.ListingFile), "{}");
        Damage(Path.Combine(Path.GetDirectoryName(_made["all"].Folder)!, ArtifactStore.RecipeFile), "{}");

        Assert.Equal(3, Look().Count(finding => finding is { Check: "results", Health: Health.Wrong }));
        Assert.Equal(3, Mend().Count(finding => finding is { Check: "results", Health: Health.Mended }));
        Assert.Equal(3, Directory.GetDirectories(Path.Combine(Root, "quarantine")).Length);
        using var toy = new ToyStore(Root);
        Assert.Equal(["made", "made", "made"], toy.Run(Steps).Values);
        Assert.All(Steps, step => Assert.Equal(_made[step.Id].Listing.Digest, toy.Results[step.Id].Listing.Digest));
    }

    [Fact]
    public void Leaves_alone_what_a_process_works_on()
    {
        Damage(Path.Combine(_made["a"].Folder, "text"), "");
        using var held = StoreLock.TryTake(Root, _made["a"].Key, new Holder(1, "there", DateTimeOffset.UnixEpoch));
        var findings = Mend();
        Assert.Contains(findings, finding => finding is { Check: "work", Health: Health.Note } && finding.Text.Contains("process 1 on there", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding is { Check: "results", Health: Health.Note });
        Assert.False(Directory.Exists(Path.Combine(Root, "quarantine")));
    }

    [Fact]
    public void Ends_what_others_began()
    {
        new Trash(Root, TimeProvider.System).Put(Path.GetDirectoryName(_made["all"].Folder)!);
        File.WriteAllText(Path.Combine(Root, "runs", "2.json.new"), "{");
        File.Delete(RunFile.PathOf(Root, run: 1));
        var later = new Later(TimeSpan.FromHours(2));

        Assert.Equal(["files", "index", "trash"], Examine(Treatment.Look, later).Where(finding => finding.Health is Health.Wrong && finding.Check is not "clock").Select(finding => finding.Check).Order());
        Assert.Equal(["files", "index", "trash"], Examine(Treatment.Mend, later).Where(finding => finding.Health is Health.Mended).Select(finding => finding.Check).Order());
        Assert.All(Look(), finding => Assert.True(finding.Health is Health.Fine or Health.Note, finding.Text));
        Assert.True(File.Exists(RunFile.PathOf(Root, run: 1)));
    }

    [Fact]
    public void Says_that_the_clocks_are_apart() =>
        Assert.Contains(Examine(Treatment.Look, new Later(TimeSpan.FromHours(-1))), finding => finding is { Check: "clock", Health: Health.Wrong } && finding.Text.Contains("+3600 s", StringComparison.Ordinal));

    public void Dispose() => _folder.Dispose();

    private void IsWhole()
    {
        Assert.All(Look(), finding => Assert.True(finding.Health is Health.Fine or Health.Note, finding.Text));
        using var toy = new ToyStore(Root);
        Assert.Equal(
            [("a", "made"), ("all", "made"), ("b", "made")],
            toy.Database.Rows("select id, outcome from steps where run = 1 order by id", row => (row.GetString(0), row.GetString(1))));
        Assert.Equal(
            [("parts", 0, _made["a"].Key.Recipe.Hex), ("parts", 1, _made["b"].Key.Recipe.Hex)],
            toy.Database.Rows("select input, position, from_key from lineage where stage = 'join' order by position", row => (row.GetString(0), row.GetInt32(1), row.GetString(2))));
        Assert.Equal(3L, toy.Database.Scalar("select count(*) from artifacts"));
        Assert.Equal(["cached", "cached", "cached"], toy.Run(Steps).Values);
    }

    private List<Finding> Look() => Examine(Treatment.Look, TimeProvider.System);

    private List<Finding> Mend() => Examine(Treatment.Mend, TimeProvider.System);

    private List<Finding> Examine(Treatment treatment, TimeProvider clock) => [.. new Doctor(Root, treatment, clock, _ => { }).Examine()];

    private static void Damage(string path, string text)
    {
        File.Delete(path);
        File.WriteAllText(path, text);
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
