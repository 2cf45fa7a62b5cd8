using AngelSlim.Torch.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Tensors;

public sealed class Aten_operators
{
    [Fact]
    public void Embedding_takes_rows_and_gives_the_table_its_gradient()
    {
        using var scope = NewDisposeScope();
        var table = arange(6, float32).view(3, 2).requires_grad_();
        var rows = Aten.Embedding(table, tensor(new long[] { 2, 0, 2 }));
        rows.sum().backward();

        Assert.Equal([4f, 5f, 0f, 1f, 4f, 5f], rows.data<float>().ToArray());
        Assert.Equal([1f, 1f, 0f, 0f, 2f, 2f], table.grad!.data<float>().ToArray());
    }

    [Fact]
    public void View_reads_the_same_bytes_as_another_type_and_refuses_what_does_not_fit()
    {
        using var scope = NewDisposeScope();
        var bytes = tensor(new byte[] { 0, 0, 128, 63, 0, 0, 0, 64 });
        var numbers = Aten.ViewAs(bytes, ScalarType.Float32);

        Assert.Equal([1f, 2f], numbers.data<float>().ToArray());
        Assert.Throws<InvalidOperationException>(() => Aten.ViewAs(bytes.narrow(0, 0, 3), ScalarType.Float32));
    }

    [Fact]
    public void Fused_AdamW_makes_the_update_that_the_formula_says()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var parameter = tensor(new[] { 1f, -2f });
        var gradient = tensor(new[] { 0.5f, 0.25f });
        var first = zeros(2);
        var second = zeros(2);
        var step = ones(1);
        Aten.FusedAdamW([parameter], [gradient], [first], [second], [step], new AdamWUpdate(Rate: 0.1, Beta1: 0.9, Beta2: 0.999, Decay: 0.01, Epsilon: 1e-8));

        // The first update moves every weight by the rate against its gradient's sign, after decay: p (1 - 0.1·0.01) - 0.1.
        Assert.Equal((1 * 0.999) - 0.1, parameter[0].ToDouble(), 1e-6);
        Assert.Equal((-2 * 0.999) - 0.1, parameter[1].ToDouble(), 1e-6);
        Assert.Equal(0.05, first[0].ToDouble(), 1e-7);
        Assert.Equal(0.00025, second[0].ToDouble(), 1e-8);
    }
}
