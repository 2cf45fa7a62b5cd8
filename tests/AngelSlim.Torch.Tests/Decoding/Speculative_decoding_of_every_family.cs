using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tests.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Decoding;

/// <summary>Greedy text with a draft is greedy text, for each line of the catalogue; the draft is random and mostly wrong, so nearly every round rolls back.</summary>
public sealed class Speculative_decoding_of_every_family
{
    private static readonly DecodeLimits Limits = new(MaxNewTokens: 50, new HashSet<long>());

    public static TheoryData<string> Families => TinyTarget.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void Gives_the_target_s_own_greedy_text(string family)
    {
        using var scope = NewDisposeScope();
        using var target = TinyTarget.Model(TinyTarget.Family(family));
        AssertSameTexts(target);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Gives_it_also_with_the_kernels_for_few_rows(string family)
    {
        using var scope = NewDisposeScope();
        using var target = TinyTarget.Wide(TinyTarget.Family(family));
        AssertSameTexts(target);
    }

    /// <summary>The text grows past the 64 positions up to which the rotation is plain, and its prompts begin on both sides of them.</summary>
    [Fact]
    public void Gives_it_also_where_the_rotation_grows_with_the_text()
    {
        using var scope = NewDisposeScope();
        var config = TinyTarget.Config(new Llama());
        using var target = TargetModel.Create(
            config with { Rope = new DynamicRope(10000, Factor: 2, config.MaxPositions) }, TinyTarget.Weights(config));
        AssertSameTexts(target, 3, 40, 70);
    }

    private static void AssertSameTexts(TargetModel target, params ReadOnlySpan<int> lengths)
    {
        using var draft = Draft(target);
        foreach (var length in lengths.Length > 0 ? lengths : [3, 9])
        {
            var prompt = TinyTarget.Ids(rows: 1, length, seed: length).data<long>().ToArray();
            var plain = new Decoder(target).Decode(prompt, Limits);
            Assert.Equal(50, plain.Tokens.Count);
            foreach (var k in new[] { 1, 2, 5 })
            {
                var text = new Decoder(target, new DraftChain(draft, k)).Decode(prompt, Limits);
                Assert.Equal(plain.Tokens, text.Tokens);
                Assert.Contains(text.Rounds, round => round.Accepted < k);
            }
        }
    }

    internal static Eagle3Draft Draft(TargetModel target)
    {
        var settings = new DraftSettings { Head = HeadStart.Random };
        var config = DraftConfig.For(settings, Compatibility.None, target.Config, target.Config.Vocabulary);
        return FirstWeights.Draft(settings, config, FirstWeights.Draw(config, deviation: 0.2, seed: 1), DraftVocabulary.Full(target.Config.Vocabulary), TargetEnds.Of(target));
    }
}
