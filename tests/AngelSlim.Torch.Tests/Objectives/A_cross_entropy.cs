using AngelSlim.Torch.Objectives;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Tests.Drafts;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Objectives;

public sealed class A_cross_entropy
{
    [Fact]
    public void Equals_the_reference_row_by_row_with_its_gradient()
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Path.Combine(DraftCase.Named("losses").First(), "io.safetensors"));
        var target_NW = nn.functional.softmax(file.Load("target_scores").flatten(0, 1), -1);
        var (loss_N, gradient_NW) = new CrossEntropy().Of(target_NW, file.Load("draft_scores").flatten(0, 1));

        Near.Assert(file.Load("cross_entropy").flatten(), loss_N, 2e-6, "loss");
        Near.Assert(file.Load("grad.cross_entropy").flatten(0, 1), gradient_NW, 2e-6, "gradient");
    }

    [Fact]
    public void Is_the_targets_entropy_without_a_gradient_when_the_draft_is_perfect()
    {
        using var scope = NewDisposeScope();
        var scores_NW = randn([3, 10], generator: new Generator(1));
        var target_NW = nn.functional.softmax(scores_NW, -1);
        var (loss_N, gradient_NW) = new CrossEntropy().Of(target_NW, scores_NW);

        Near.Assert(-(target_NW * target_NW.log()).sum(-1), loss_N, 1e-6, "loss");
        Assert.True(gradient_NW.abs().max().ToDouble() < 1e-7);
    }
}
