using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_full_disk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    [Provokes(ProblemCode.DiskFull)]
    public void Is_told_from_other_failures_and_keeps_the_work()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        using var toy = new ToyStore(_folder.Path);
        var step = new Step("fill", new FillStage(), new CountSettings(), new Dictionary<string, StepInput> { ["Source"] = new Absent() });

        var full = Assert.Throws<DataException>(() => toy.Run(step));

        Assert.Equal(ProblemCode.DiskFull, full.Problem.Code);
        Assert.Contains(_folder.At("work"), full.Message, StringComparison.Ordinal);
        Assert.Equal("before", File.ReadAllText(Path.Combine(toy.Store.Work(toy.Plan(step).Steps[0].Recipe!.Key).Output, "kept")));
        Assert.Equal("failed", toy.Database.Scalar("select outcome from runs"));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Writes to the device that has no room, so that the failure is the system's own.</summary>
    private sealed class FillStage() : Stage<CountSettings, WriteInputs, ToyText>("fill", version: 1)
    {
        protected override void Run(CountSettings settings, WriteInputs inputs, StageContext context)
        {
            File.WriteAllText(Path.Combine(context.Output, "kept"), "before");
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            full.Write(new byte[1 << 20]);
        }
    }
}
