using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Tests.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Decoding;

/// <summary>What one pass finds, beside decoding with each length of chain.</summary>
/// <remarks>A random draft is seldom right; the stage's tests walk along texts where a trained one often is.</remarks>
public sealed class A_walk_along_a_text
{
    private const int Longest = 8;

    public static TheoryData<string> Families => TinyTarget.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void Has_the_rounds_of_decoding_for_every_length_of_chain(string family)
    {
        using var scope = NewDisposeScope();
        using var target = TinyTarget.Model(TinyTarget.Family(family));
        using var draft = Speculative_decoding_of_every_family.Draft(target);
        foreach (var (length, tokens) in new[] { (3, 60), (9, 40), (1, 1), (4, 2) })
        {
            var prompt = TinyTarget.Ids(rows: 1, length, seed: length).data<long>().ToArray();
            var limits = new DecodeLimits(tokens, new HashSet<long>());
            var text = new Decoder(target).Decode(prompt, limits).Tokens;
            var matches = new DraftWalk(target, draft, Longest).Matches(prompt, text);
            Assert.Equal(text.Count - 1, matches.Count);
            for (var k = 1; k <= Longest; k++)
            {
                var decoded = new Decoder(target, new DraftChain(draft, k)).Decode(prompt, limits);
                Assert.Equal(decoded.Rounds.Select(round => round.Accepted), DraftWalk.Rounds(matches, k));
            }
        }
    }

    [Fact]
    public void Takes_from_the_matches_what_each_length_of_chain_would()
    {
        int[] matches = [3, 0, 2, 1, 0, 5, 4];
        Assert.Equal([1, 1, 0, 1], DraftWalk.Rounds(matches, 1));
        Assert.Equal([2, 1, 1], DraftWalk.Rounds([3, 0, 2, 1, 0, 1], 2));
        Assert.Equal([3, 0, 5], DraftWalk.Rounds(matches, 8));
        Assert.Empty(DraftWalk.Rounds([], 4));
    }
}
