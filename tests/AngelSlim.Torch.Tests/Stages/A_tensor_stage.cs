using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Stages;
using AngelSlim.Torch.Stages;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

public sealed class A_tensor_stage
{
    [Fact]
    public void Leaves_no_tensor_behind()
    {
        var stage = new Ones();

        ((IStage)stage).Run(new Nothing(), new Nothing(), new StageContext("", "", null!, _ => { }, default));

        Assert.True(stage.Made!.IsInvalid);
        Assert.Equal("cpu", stage.Device);
    }

    [Fact]
    public void Keeps_its_own_number_of_threads_beside_another()
    {
        using var both = new Barrier(2);
        var stages = new[] { new Counting(threads: 1, both), new Counting(threads: 2, both) };
        var threads = stages.Select(stage => new Thread(() => ((IStage)stage).Run(new Nothing(), new Nothing(), new StageContext("", "", null!, _ => { }, default)))).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal([1, 2], stages.Select(stage => stage.Used));
        set_num_threads(1);
    }

    private sealed record Nothing;

    /// <summary>Computes after each has been told its number of threads.</summary>
    private sealed class Counting(int threads, Barrier both) : TensorStage<Nothing, Nothing, TargetFolder>("counting", version: 1, new TensorRuntime("", threads))
    {
        public int Used { get; private set; }

        protected override void Compute(Nothing settings, Nothing inputs, StageContext context)
        {
            both.SignalAndWait();
            _ = ones(512, 512).mm(ones(512, 512)).sum().item<float>();
            Used = get_num_threads();
        }
    }

    private sealed class Ones() : TensorStage<Nothing, Nothing, TargetFolder>("ones", version: 1, new TensorRuntime("", Threads: 1))
    {
        public Tensor? Made { get; private set; }

        protected override void Compute(Nothing settings, Nothing inputs, StageContext context) => Made = ones(2);
    }
}
