using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Testing;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Stages;
using Xunit;

namespace AngelSlim.Torch.Tests.Stages;

public sealed class Texts_that_part
{
    private readonly List<RunEvent> _events = [];

    [Fact]
    [Provokes(ProblemCode.TextsDiffer)]
    public void In_float32_end_the_evaluation_and_name_the_place()
    {
        var failure = Assert.Throws<DataException>(() => Judge(margin: 3e-4, Dtype.Float32));

        Assert.Equal(ProblemCode.TextsDiffer, failure.Problem.Code);
        Assert.Contains("prompt 7 of gsm8k: at new token 5 the target alone goes on with 11, with the draft with 12", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_events);
    }

    [Fact]
    public void In_float32_end_the_evaluation_where_only_one_has_ended() =>
        Assert.Contains("with nothing, having ended", Assert.Throws<DataException>(() => Judge(double.NaN, Dtype.Float32, speculative: null)).Message, StringComparison.Ordinal);

    [Fact]
    public void In_float32_by_rounding_are_a_warning()
    {
        Judge(margin: -1e-5, Dtype.Float32);

        Assert.True(Assert.IsType<Said>(Assert.Single(_events)).Warning);
    }

    [Fact]
    public void In_bfloat16_are_said()
    {
        Judge(margin: 0.25, Dtype.Bfloat16);

        Assert.False(Assert.IsType<Said>(Assert.Single(_events)).Warning);
    }

    private void Judge(double margin, Dtype dtype, long? speculative = 12) => EvaluateStage.Judge(
        new TextDifference(5, Plain: 11, speculative, margin, LargestScore: double.IsNaN(margin) ? margin : 20),
        new EvaluationPrompt("gsm8k", "7", [1, 2], new TextPlace("question.jsonl", 7)),
        dtype,
        new StageContext("", "", null!, _events.Add, default));
}
