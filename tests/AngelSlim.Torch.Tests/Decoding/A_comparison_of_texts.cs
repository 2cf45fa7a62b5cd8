using AngelSlim.Testing;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Decoding;

public sealed class A_comparison_of_texts : IDisposable
{
    private static readonly string Folder = Golden.Own("eagle3", "decode");
    private readonly TargetModel _target = TargetModel.Load(Path.Combine(Folder, "target"), float32, CPU);
    private readonly SafetensorsFile _golden = SafetensorsFile.Open(Path.Combine(Folder, "io.safetensors"));
    private readonly Eagle3Draft _draft;
    private readonly long[] _prompt;

    public A_comparison_of_texts()
    {
        _draft = DraftFolder.Load(Path.Combine(Folder, "draft"), _target);
        using var prompt = _golden.Read("p1.prompt");
        _prompt = prompt.data<long>().ToArray();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Finds_the_same_text_in_either_order(bool plainFirst)
    {
        var texts = Comparison().Compare([new DecodePrompt(_prompt)], plainFirst ? DecodingOrder.PlainFirst : DecodingOrder.SpeculativeFirst, default)[0];

        Assert.True(texts.AreEqual);
        Assert.All(texts.Plain.Rounds, round => Assert.Empty(round.Drafted));
        Assert.All(texts.Speculative.Rounds, round => Assert.Equal(3, round.Drafted.Count));
    }

    [Fact]
    public void Says_where_texts_part_and_by_how_little()
    {
        using var scope = NewDisposeScope();
        var scores_V = _golden.Load("p1.target_logits")[^1];
        var (best, second) = (scores_V.topk(2).indexes[0].item<long>(), scores_V.topk(2).indexes[1].item<long>());
        var found = Comparison().Difference(_prompt, Texts([best, 5], [second, 5]));

        Assert.Equal((1, (long?)best, (long?)second), (found.Position, found.Plain, found.Speculative));
        Assert.Equal(scores_V[best].ToDouble() - scores_V[second].ToDouble(), found.Margin, 1e-4);
        Assert.Equal(scores_V.abs().max().ToDouble(), found.LargestScore, 1e-4);
        Assert.False(found.IsRounding);
    }

    [Fact]
    public void Says_that_one_text_ended_where_the_other_went_on()
    {
        var found = Comparison().Difference(_prompt, Texts([7, 8], [7]));

        Assert.Equal((2, (long?)8, (long?)null), (found.Position, found.Plain, found.Speculative));
        Assert.False(found.IsRounding);
    }

    [Theory]
    [InlineData(1e-4, true)]
    [InlineData(-1e-4, true)]
    [InlineData(1e-3, false)]
    [InlineData(-0.5, false)]
    public void Takes_only_millionths_for_rounding(double margin, bool isRounding) =>
        Assert.Equal(isRounding, new TextDifference(1, 2, 3, margin, LargestScore: 20).IsRounding);

    public void Dispose()
    {
        _draft.Dispose();
        _target.Dispose();
        _golden.Dispose();
    }

    private static ComparedTexts Texts(long[] plain, long[] speculative) => new(new DecodedText(plain, []), new DecodedText(speculative, []), 1, 1);

    private PromptComparison Comparison() => new(_target, new Decoder(_target), new Decoder(_target, new DraftChain(_draft, 3)), new DecodeLimits(12, new HashSet<long>()));
}
