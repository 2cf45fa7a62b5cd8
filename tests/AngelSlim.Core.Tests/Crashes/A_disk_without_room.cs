using AngelSlim.Core.Manifests;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Core.Upkeep;
using AngelSlim.Toy;
using Xunit;
using Xunit.Abstractions;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Crashes;

public sealed class A_disk_without_room(ITestOutputHelper log)
{
    private const int Large = 1 << 19;

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public void Lets_gc_make_room_and_the_run_that_met_it_go_on(string kind)
    {
        using var disk = Mount(kind);
        if (disk is null)
        {
            return;
        }

        var root = Path.Combine(disk.Path, "store");
        string large;
        using (var toy = new ToyStore(root))
        {
            toy.Run(Act("large", context => File.WriteAllBytes(Path.Combine(context.Output, "bytes"), new byte[Large])));
            large = toy.Results["large"].Folder;
            toy.Run(Write("a"));
        }

        disk.Fill();
        var full = Assert.Throws<DataException>(() => Run(root));
        Assert.Equal(ProblemCode.DiskFull, full.Problem.Code);
        Assert.Contains("gc", full.Message, StringComparison.Ordinal);

        Acts.ByName["gc"](root);
        Assert.False(Directory.Exists(large));
        Assert.InRange(new DriveInfo(disk.Path).AvailableFreeSpace, Large, long.MaxValue);
        Assert.Equal("a:cached b:made", Run(root));
    }

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public void In_the_middle_of_a_step_is_told_as_that_and_the_step_goes_on(string kind)
    {
        using var disk = Mount(kind);
        if (disk is null)
        {
            return;
        }

        var root = Path.Combine(disk.Path, "store");
        var step = Act("large", context =>
        {
            if (context.Journal.Items.Count is 0)
            {
                context.Journal.Add("begun");
                disk.Fill();
            }

            File.WriteAllBytes(Path.Combine(context.Output, "bytes"), new byte[Large]);
        });
        using (var toy = new ToyStore(root))
        {
            toy.Run(Write("a"));
            Assert.Equal(ProblemCode.DiskFull, Assert.Throws<DataException>(() => toy.Run(step)).Problem.Code);
        }

        disk.Empty();
        using var again = new ToyStore(root);
        Assert.Equal("made", again.Run(step)["large"]);
        Assert.Equal("cached", again.Run(Write("a"))["a"]);
        Assert.All(new Doctor(root, Treatment.Look, TimeProvider.System, _ => { }).Examine(), finding => Assert.True(finding.Health is not Health.Wrong || finding.Check is "space", finding.Text));
    }

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public void Takes_no_half_result_for_a_whole_one_and_the_whole_one_later(string kind)
    {
        using var disk = Mount(kind);
        if (disk is null)
        {
            return;
        }

        using var elsewhere = new TemporaryFolder();
        using var there = new ToyStore(elsewhere.At("there"));
        var step = Act("large", context => File.WriteAllBytes(Path.Combine(context.Output, "bytes"), new byte[Large]));
        there.Run(step);
        using var here = new ToyStore(Path.Combine(disk.Path, "store"));
        var (key, from) = (there.Results["large"].Key, Path.GetDirectoryName(there.Results["large"].Folder)!);
        disk.Fill();
        Assert.ThrowsAny<IOException>(() => StoreCopy.Make(from, here.Store.Incoming(key)));
        Assert.Throws<DataException>(() => here.Store.Import(key).Count());
        Assert.Null(here.Store.FolderOf(key));

        disk.Empty();
        StoreCopy.Make(from, here.Store.Incoming(key));
        Assert.Equal("object", here.Store.Import(key).Last());
        Assert.Equal("cached", here.Run(step)["large"]);
    }

    private SmallDisk? Mount(string kind)
    {
        var disk = SmallDisk.TryMount(kind, out var why);
        if (disk is null)
        {
            log.WriteLine($"Skipped: no {kind} can be mounted here ({why}).");
        }

        return disk;
    }

    private static string Run(string root)
    {
        using var toy = new ToyStore(root);
        return string.Join(' ', toy.Run(Write("a"), Write("b")).Select(outcome => $"{outcome.Key}:{outcome.Value}"));
    }
}
