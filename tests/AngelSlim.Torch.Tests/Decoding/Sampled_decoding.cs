using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Testing;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Tests.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Decoding;

/// <summary>Words drawn from a tiny Qwen3 with 80 words, with a draft that knows 48 of them.</summary>
public sealed class Sampled_decoding : IDisposable
{
    private static readonly string Folder = Golden.Own("eagle3", "decode");
    private static readonly DecodeLimits Limits = new(24, new HashSet<long>());
    private readonly TargetModel _target = TargetModel.Load(Path.Combine(Folder, "target"), float32, CPU);
    private readonly Eagle3Draft _draft;
    private readonly long[] _prompt;

    public static TheoryData<string> Families => TinyTarget.Families;

    public Sampled_decoding()
    {
        _draft = DraftFolder.Load(Path.Combine(Folder, "draft"), _target);
        using var golden = SafetensorsFile.Open(Path.Combine(Folder, "io.safetensors"));
        using var prompt = golden.Read("p1.prompt");
        _prompt = prompt.data<long>().ToArray();
    }

    /// <summary>All texts of three tokens among the four likeliest words each, against the exact probability of each text.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Gives_texts_the_target_s_probabilities(bool isDraftSampled, int k)
    {
        var sampling = new Sampling { Temperature = 1.5, TopK = 4 };
        AssertDrawnFrom(_target, _prompt, sampling, new DraftChain(_draft, k, isDraftSampled ? sampling : null), count: 1500);
    }

    /// <summary>Targets of three words, so that a random draft is right now and then, and each of the 27 texts is drawn often.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Gives_texts_the_probabilities_of_a_target_of_every_family(string family)
    {
        using var scope = NewDisposeScope();
        var config = TinyTarget.Config(TinyTarget.Family(family)) with { Vocabulary = 3 };
        using var target = TargetModel.Create(config, TinyTarget.Weights(config));
        using var draft = Speculative_decoding_of_every_family.Draft(target);
        var sampling = new Sampling();
        foreach (var drafter in new IDrafter[] { new DraftChain(draft, 2), new DraftChain(draft, 2, new Sampling { Temperature = 0.7 }), new DraftTreeGrowth(draft, new TreeSettings { Tokens = 4, Depth = 2, TopK = 2 }) })
        {
            AssertDrawnFrom(target, [1, 0, 2], sampling, drafter, count: 500);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Is_greedy_decoding_as_the_temperature_goes_to_zero(bool isDraftSampled)
    {
        var cold = new Sampling { Temperature = 1e-6 };
        var greedy = new Decoder(_target, new DraftChain(_draft, 3)).Decode(_prompt, Limits);
        var found = new Decoder(_target, new DraftChain(_draft, 3, isDraftSampled ? cold : null), cold).Decode(_prompt, Limits);

        Assert.Equal(greedy.Tokens, found.Tokens);
        Assert.Equal(greedy.Rounds.SelectMany(round => round.Drafted), found.Rounds.SelectMany(round => round.Drafted));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Draws_by_seed_and_name_and_not_by_what_lies_beside(bool isDraftSampled)
    {
        var sampling = new Sampling { Temperature = 1 };
        IReadOnlyList<long>[] Texts(int seed, int atOnce, params string[] ids) =>
        [
            .. new Decoder(_target, new DraftChain(_draft, 3, isDraftSampled ? sampling : null), sampling, seed)
                .Decode([.. ids.Select(id => new DecodePrompt(_prompt, id))], Limits, atOnce).Select(text => text.Tokens),
        ];

        var alone = Texts(1, 1, "a", "b", "c");
        var together = Texts(1, 3, "c", "b", "a");
        Assert.Equal(alone, together.Reverse());
        Assert.NotEqual(alone[0], alone[1]);
        Assert.NotEqual(alone[0], Texts(2, 1, "a")[0]);
    }

    public void Dispose()
    {
        _draft.Dispose();
        _target.Dispose();
    }

    private static void AssertDrawnFrom(TargetModel target, long[] prompt, Sampling sampling, IDrafter drafter, int count)
    {
        var decoder = new Decoder(target, drafter, sampling, seed: 1);
        var texts = decoder.Decode([.. Enumerable.Range(0, count).Select(i => new DecodePrompt(prompt, $"{i}"))], Limits with { MaxNewTokens = 3 }, atOnce: 50);

        var exact = Probabilities(target, prompt, sampling, length: 3);
        var counts = texts.CountBy(text => string.Join(' ', text.Tokens)).ToDictionary();
        Assert.Empty(counts.Keys.Except(exact.Keys));
        var accepted = texts.SelectMany(text => text.Rounds).Count(round => round.Accepted > 0);
        Assert.InRange(accepted, 50, texts.Sum(text => text.Rounds.Count) - 50);
        ChiSquare.AssertDrawnFrom([.. exact.Values], [.. exact.Keys.Select(text => (long)counts.GetValueOrDefault(text))]);
    }

    private static Dictionary<string, double> Probabilities(TargetModel target, long[] prompt, Sampling sampling, int length)
    {
        using var frozen = no_grad();
        var known = new List<(long[] Text, double Share)> { ([], 1) };
        for (var i = 0; i < length; i++)
        {
            using var scope = NewDisposeScope();
            var ids_BT = tensor(known.SelectMany(text => prompt.Concat(text.Text)).ToArray()).view(known.Count, -1);
            var scores_BV = target.Logits(target.Run(new TargetInput(ids_BT), keptLayers: []).Last_BTD[.., ^1]);
            var shares = sampling.Rows(scores_BV);
            known = [.. known.SelectMany((text, row) => shares[row].Index().Where(word => word.Item > 0).Select(word => ((long[])[.. text.Text, word.Index], text.Share * word.Item)))];
        }

        return known.ToDictionary(text => string.Join(' ', text.Text), text => text.Share);
    }
}
