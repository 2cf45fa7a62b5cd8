using AngelSlim.Torch.Decoding;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Decoding;

/// <summary>Temperature, top-k and top-p, on numbers that can be worked out by hand.</summary>
public sealed class Drawing_words
{
    private static readonly float[] Shares = [0.05f, 0.5f, 0.3f, 0.15f];

    [Fact]
    public void Keeps_the_target_s_probabilities_when_nothing_is_asked() => AssertShares(new Sampling(), Shares);

    [Fact]
    public void Divides_the_scores_by_the_temperature() =>
        AssertShares(new Sampling { Temperature = 0.5 }, 0.0025f / 0.365f, 0.25f / 0.365f, 0.09f / 0.365f, 0.0225f / 0.365f); // squares, which sum to 0.365

    [Fact]
    public void Keeps_the_best_words() => AssertShares(new Sampling { TopK = 2 }, 0, 0.625f, 0.375f, 0);

    [Fact]
    public void Keeps_all_words_when_more_are_asked_for_than_there_are() => AssertShares(new Sampling { TopK = 9 }, Shares);

    [Fact]
    public void Keeps_words_that_score_as_the_last_of_the_best() => AssertShares(new Sampling { TopK = 2 }, [0.25f, 0.5f, 0.25f, 0], [0.25f, 0.5f, 0.25f, 1e-30f]);

    [Fact]
    public void Keeps_words_up_to_the_one_that_reaches_the_sum() => AssertShares(new Sampling { TopP = 0.7 }, 0, 0.625f, 0.375f, 0);

    [Fact]
    public void Keeps_the_best_word_however_little_is_asked() => AssertShares(new Sampling { TopP = 1e-6 }, 0, 1, 0, 0);

    /// <summary>Of two words 0.625 is enough for 0.6; of all, 0.5 is not.</summary>
    [Fact]
    public void Judges_the_sum_among_the_best_words() => AssertShares(new Sampling { TopK = 2, TopP = 0.6 }, 0, 1, 0, 0);

    /// <summary>At temperature 1/2 the best word has 0.685; at 1 it has 0.5, and a second would stay.</summary>
    [Fact]
    public void Judges_the_sum_behind_the_temperature() => AssertShares(new Sampling { Temperature = 0.5, TopP = 0.6 }, 0, 1, 0, 0);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.0499, 0)]
    [InlineData(0.0501, 1)]
    [InlineData(0.5499, 1)]
    [InlineData(0.5501, 2)]
    [InlineData(0.9999999999999999, 3)]
    public void Draws_the_first_word_at_which_the_sum_exceeds_the_share(double share, int word) => Assert.Equal(word, Sampling.Draw(Shares, share));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.9999999999999999, 1)]
    public void Draws_no_word_without_weight(double share, int word) => Assert.Equal(word, Sampling.Draw([0, 0.1f, 0, 0], share));

    private static void AssertShares(Sampling sampling, params float[] expected) => AssertShares(sampling, expected, Shares);

    private static void AssertShares(Sampling sampling, float[] expected, float[] shares)
    {
        using var scope = NewDisposeScope();
        var found = sampling.Rows(tensor(shares).log().unsqueeze(0))[0];
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
