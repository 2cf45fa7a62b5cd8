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

    private sealed record Nothing;

    private sealed class Ones() : TensorStage<Nothing, Nothing, TargetFolder>("ones", version: 1, new TensorRuntime("", Threads: 1))
    {
        public Tensor? Made { get; private set; }

        protected override void Compute(Nothing settings, Nothing inputs, StageContext context) => Made = ones(2);
    }
}
