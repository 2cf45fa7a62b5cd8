using AngelSlim.Torch.Drafts;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts;

public sealed class An_unrolled_attention
{
    public static TheoryData<long[], int> Shapes() => new()
    {
        // rows, heads, key heads, tokens, channels; steps
        { [1, 1, 1, 1, 8], 3 },
        { [2, 4, 2, 33, 32], 2 },
        { [3, 6, 2, 100, 24], 4 },
        { [1, 8, 1, 129, 64], 7 },
        { [1, 9, 3, 600, 64], 3 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Equals_attention_with_all_scores_written_out_forward_and_backward(long[] shape, int steps)
    {
        using var scope = NewDisposeScope();
        var expected = Run(shape, steps, float64, WrittenOut);
        var actual = Run(shape, steps, float32, Unrolled);

        for (var i = 0; i < expected.Count; i++)
        {
            Near.Assert(expected[i], actual[i], 1e-5, i < steps ? $"output {i}" : $"gradient {i - steps}");
        }
    }

    /// <remarks>TorchSharp has one object of each kind of node in the process: what it keeps for one training, another must not touch.</remarks>
    [Fact]
    public void Gives_two_trainings_on_two_threads_what_it_gives_each_alone()
    {
        const int Rounds = 40;
        long[] shape = [1, 4, 2, 24, 16];
        using var scope = NewDisposeScope();
        var alone = Run(shape, 5, float32, Unrolled);
        var differing = 0;
        using var both = new Barrier(2);
        var threads = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            set_num_threads(1);
            both.SignalAndWait();
            for (var round = 0; round < Rounds; round++)
            {
                using var inner = NewDisposeScope();
                var beside = Run(shape, 5, float32, Unrolled);
                Interlocked.Add(ref differing, alone.Zip(beside).Count(pair => !pair.First.equal(pair.Second).all().item<bool>()));
            }
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(0, differing);
    }

    [Fact]
    public void Refuses_heads_that_cannot_be_shared()
    {
        using var scope = NewDisposeScope();
        using var attention = new UnrolledAttention(new([3]));

        var refused = Assert.Throws<ArgumentException>(() => attention.Attend(zeros(1, 3, 4, 8), zeros(1, 3, 3, 8), zeros(1, 3, 3, 8)));
        Assert.Contains("4 query heads cannot share 3 key heads", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Outputs of all steps, then the gradients of q, k, v of each.</summary>
    private static List<Tensor> Run(long[] shape, int steps, ScalarType type, Func<List<Tensor[]>, List<Tensor>> way)
    {
        var (rows, heads, keyHeads, tokens, channels) = (shape[0], shape[1], shape[2], shape[3], shape[4]);
        using var random = new Generator(9);
        Tensor Draw(long count) => randn([rows, tokens, count, channels], generator: random).to(type).requires_grad_();
        var inputs = Enumerable.Range(0, steps).Select(_ => new[] { Draw(heads), Draw(keyHeads), Draw(keyHeads) }).ToList();
        var outs = way(inputs);
        autograd.backward(outs, [.. outs.Select(_ => Draw(heads).detach())]);
        return [.. outs, .. inputs.SelectMany(step => step).Select(leaf => leaf.grad!)];
    }

    private static List<Tensor> Unrolled(List<Tensor[]> steps)
    {
        using var attention = new UnrolledAttention(Documents.Rows(steps[0][0]));
        return [.. steps.Select(step => attention.Attend(step[0], step[1], step[2]))];
    }

    /// <summary>Scores of the causal block and of each later step's own key, one softmax over both.</summary>
    private static List<Tensor> WrittenOut(List<Tensor[]> steps)
    {
        var outs = new List<Tensor>();
        Tensor Heads(Tensor x_BTHC) => x_BTHC.repeat_interleave(steps[0][0].shape[2] / x_BTHC.shape[2], dim: 2).transpose(1, 2);
        for (var k = 0; k < steps.Count; k++)
        {
            var (q, k0, v0) = (Heads(steps[k][0]), Heads(steps[0][1]), Heads(steps[0][2]));
            var tokens = q.shape[2];
            var block = einsum("bhtc,bhsc->bhts", q, k0).masked_fill(ones([tokens, tokens], @bool).triu(1), double.NegativeInfinity);
            var later = steps[1..(k + 1)].Select(step => (q * Heads(step[1])).sum(-1, keepdim: true));
            var weights = nn.functional.softmax(cat([block, .. later], -1) / Math.Sqrt(q.shape[3]), -1);
            var out_BHTC = einsum("bhts,bhsc->bhtc", weights[.., .., .., ..(int)tokens], v0);
            for (var s = 1; s <= k; s++)
            {
                out_BHTC = out_BHTC + (weights[.., .., .., (int)tokens + s - 1].unsqueeze(-1) * Heads(steps[s][2]));
            }

            outs.Add(out_BHTC.transpose(1, 2));
        }

        return outs;
    }
}
