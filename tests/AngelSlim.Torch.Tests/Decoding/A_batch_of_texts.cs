using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tests.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Decoding;

/// <summary>Texts that grow together are those that grow alone, for each line of the catalogue.</summary>
/// <remarks>
/// Attention runs text by text, so only the number of rows that a matrix is multiplied with differs, and that moves float32
/// scores by millionths. A text that parts from its like must do so where two words are that near, as
/// <see cref="TextDifference.IsRounding"/> says; anything else fails.
/// </remarks>
public sealed class A_batch_of_texts
{
    // A batch sees four of these at a time; a text ends behind the first of the end tokens, so each ends at its own time.
    private static readonly int[] Lengths = [3, 11, 5, 1, 20, 7];
    private static readonly DecodeLimits Limits = new(MaxNewTokens: 40, new HashSet<long> { 3, 17, 29 });

    public static TheoryData<string> Families => TinyTarget.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void Has_the_texts_of_its_rows_alone(string family)
    {
        using var scope = NewDisposeScope();
        using var target = TinyTarget.Model(TinyTarget.Family(family));
        using var draft = Speculative_decoding_of_every_family.Draft(target);
        var prompts = Lengths.Select((length, i) => new DecodePrompt(TinyTarget.Ids(rows: 1, length, seed: length).data<long>().ToArray(), $"{i}")).ToList();
        foreach (var drafter in new IDrafter?[] { null, new DraftChain(draft, 3), new DraftTreeGrowth(draft, new TreeSettings { Tokens = 6, Depth = 3, TopK = 2 }) })
        {
            var decoder = new Decoder(target, drafter);
            var together = decoder.Decode(prompts, Limits, atOnce: 4);
            Assert.InRange(together.Select(text => text.Tokens.Count).Distinct().Count(), 2, Lengths.Length);
            foreach (var (prompt, found) in prompts.Zip(together))
            {
                AssertSame(target, prompt.Tokens, decoder.Decode(prompt.Tokens, Limits), found);
            }
        }
    }

    [Fact]
    public void Draws_the_texts_of_its_rows_alone()
    {
        using var scope = NewDisposeScope();
        using var target = TinyTarget.Model(new Llama());
        using var draft = Speculative_decoding_of_every_family.Draft(target);
        var prompts = Lengths.Select((length, i) => new DecodePrompt(TinyTarget.Ids(rows: 1, length, seed: length).data<long>().ToArray(), $"{i}")).ToList();
        var sampling = new Sampling { Temperature = 0.7 };
        foreach (var drafter in new IDrafter?[] { null, new DraftChain(draft, 3), new DraftChain(draft, 3, sampling) })
        {
            var decoder = new Decoder(target, drafter, sampling, seed: 4);
            var alone = decoder.Decode(prompts, Limits).Select(text => text.Tokens);
            Assert.Equal(alone, decoder.Decode(prompts, Limits, atOnce: 4).Select(text => text.Tokens));
        }
    }

    [Fact]
    public void Hands_each_text_to_its_own_reader()
    {
        using var scope = NewDisposeScope();
        using var target = TinyTarget.Model(new Llama());
        using var draft = Speculative_decoding_of_every_family.Draft(target);
        var words = Tokenizer.Load(Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text"));
        var read = Lengths.Select(_ => new List<string>()).ToList();
        var prompts = Lengths.Select((length, i) => new DecodePrompt(TinyTarget.Ids(rows: 1, length, seed: length).data<long>().ToArray()) { Receive = read[i].Add }).ToList();
        var whole = new Decoder(target).Decode(prompts, Limits).Select(text => text.Tokens.Where(id => !Limits.EndTokens.Contains(id)).Select(id => (int)id).ToArray()).ToList();

        // The text of a word in the middle of the longest answer ends it, and every other that has it.
        var longest = whole.MaxBy(ids => ids.Length)!;
        var stop = words.Decode([.. longest.Skip(longest.Length / 2).Take(2)], skipSpecial: true);
        var found = new Decoder(target, new DraftChain(draft, 3)).Decode(prompts, Limits with { Text = new TextRules(words, [stop]) }, atOnce: 4);
        foreach (var (ids, text, pieces) in whole.Zip(found, read))
        {
            var expected = words.Decode(ids, skipSpecial: true).Split(stop)[0];
            Assert.Equal(expected, text.Text);
            Assert.Equal(expected, string.Concat(pieces));
        }

        Assert.Contains(found, text => text.Tokens.Count < Limits.MaxNewTokens && !Limits.EndTokens.Contains(text.Tokens[^1]));
    }

    private static void AssertSame(TargetModel target, IReadOnlyList<long> prompt, DecodedText alone, DecodedText found)
    {
        var compared = new ComparedTexts(alone, found, 1, 1);
        if (!compared.AreEqual)
        {
            var difference = new PromptComparison(target, new Decoder(target), new Decoder(target), Limits).Difference(prompt, compared);
            Assert.True(difference.IsRounding, $"{difference}");
        }
    }
}
