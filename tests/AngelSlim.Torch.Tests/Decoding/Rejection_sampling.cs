using AngelSlim.Core.Statistics;
using AngelSlim.Testing;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Decoding;

public sealed class Rejection_sampling
{
    private const int Draws = 20_000;
    private static readonly float[] Target = [0.4f, 0.1f, 0.05f, 0.25f, 0.2f];
    private static readonly float[] Draft = [0.1f, 0.6f, 0.3f];
    private static readonly long[] DraftWords = [0, 1, 3];

    public static TheoryData<string> Cases => [.. CaseNames];

    private static List<string> CaseNames
    {
        get
        {
            using var golden = Golden();
            return [.. golden.Tensors.Keys.Where(name => name.EndsWith(".drafted", StringComparison.Ordinal)).Select(name => name.Split('.')[0]).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Acceptance and the last word for given chances, worked out in float64.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Accepts_and_draws_as_worked_out(string name) => Judge(name);

    [Fact]
    public void Is_in_the_documentation_with_what_was_compared()
    {
        var names = CaseNames;
        names.ForEach(Judge);
        FidelityPage.Matches(
            "Decoding, words drawn",
            "Three drafted words judged by given chances, worked out in float64: drafts that draw and greedy ones, equal distributions, words that the draft does not have. *absolute* counts the cases that differ in how many words are accepted or in the word that is drawn after them; *relative* is their share. That drawn texts follow the target's distribution is judged by chi-square tests, for every family.",
            [new("rejection sampling", "sampling", $"{names.Count} cases", 0, 0, "0")]);
    }

    private static void Judge(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = Golden();
        var (drafted, shares) = (Ids(golden, name + ".drafted"), golden.Load(name + ".q"));
        var words = Enumerable.Range(0, (int)shares.shape[1]).Select(word => (long)word).ToArray();
        var drawn = drafted.Select((word, i) => new DraftProbabilities(words, Numbers(shares[i]), (int)word));

        // The last chance is for the last word, however many were needed before.
        var (accepted, last) = ((int)Ids(golden, name + ".accepted")[0], Ids(golden, name + ".last")[0]);
        var chances = new Queue<double>([.. Doubles(golden, name + ".u").Take(accepted + 1), Doubles(golden, name + ".v")[0]]);
        var found = new SampledChoice(new Sampling(), chances.Dequeue).Judge(DraftTree.Chain(drafted) with { Drawn = [.. drawn] }, golden.Load(name + ".p").log());

        Assert.Equal((accepted, last), (found.Accepted, found.Bonus));
        Assert.Empty(chances);

        // A draft without chance is the same as one that draws a single word.
        if (Numbers(shares).All(share => share is 0 or 1))
        {
            chances = new Queue<double>([.. Doubles(golden, name + ".u").Take(accepted + 1), Doubles(golden, name + ".v")[0]]);
            found = new SampledChoice(new Sampling(), chances.Dequeue).Judge(DraftTree.Chain(drafted), golden.Load(name + ".p").log());
            Assert.Equal((accepted, last), (found.Accepted, found.Bonus));
        }
    }

    [Fact]
    public void Leaves_words_their_probabilities_whatever_a_draft_draws()
    {
        var random = new Chooser(1);
        AssertTarget(random, () =>
        {
            var word = Sampling.Draw(Draft, random.Share());
            return DraftTree.Chain([DraftWords[word]]) with { Drawn = [new DraftProbabilities(DraftWords, Draft, word)] };
        });
    }

    [Fact]
    public void Leaves_words_their_probabilities_whatever_a_draft_likes_best() => AssertTarget(new Chooser(2), () => DraftTree.Chain([3]));

    [Fact]
    public void Leaves_words_their_probabilities_when_several_stand_at_one_place() => AssertTarget(new Chooser(3), () => new DraftTree([3, 1, 2], [-1, -1, -1]));

    /// <summary>Chi-square over five words: a right program fails with odds of one in a million, but for its fixed seeds.</summary>
    private static void AssertTarget(Chooser random, Func<DraftTree> propose)
    {
        using var scope = NewDisposeScope();
        var (counts, accepted) = (new long[Target.Length], 0);
        var choice = new SampledChoice(new Sampling(), random.Share);
        for (var draw = 0; draw < Draws; draw++)
        {
            using var round = NewDisposeScope();
            var proposal = propose();
            var found = choice.Judge(proposal, tensor(Target).log().expand(proposal.Tokens.Count + 1, -1));
            counts[found.Tokens().First()]++;
            accepted += found.Accepted;
        }

        Assert.InRange(accepted, 1, Draws - 1);
        ChiSquare.AssertDrawnFrom([.. Target.Select(share => (double)share)], counts);
    }

    private static SafetensorsFile Golden() => SafetensorsFile.Open(Testing.Golden.Own("eagle3", "sampling", "io.safetensors"));

    private static long[] Ids(SafetensorsFile golden, string name) => golden.Load(name).contiguous().data<long>().ToArray();

    private static float[] Numbers(Tensor tensor) => tensor.to(float32).contiguous().data<float>().ToArray();

    private static double[] Doubles(SafetensorsFile golden, string name) => golden.Load(name).to(float64).contiguous().data<double>().ToArray();
}
