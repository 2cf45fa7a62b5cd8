using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Statistics;
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

/// <summary>All 251 trees of EAGLE's own drafter over a tiny Qwen3's text, and what a tree may not change.</summary>
public sealed class Tree_decoding : IDisposable
{
    private const int NewTokens = 64;
    private static readonly string Folder = Golden.Own("eagle3", "decode");
    private static readonly DecodeLimits Limits = new(NewTokens, new HashSet<long>());
    private readonly TargetModel _target = TargetModel.Load(Path.Combine(Folder, "target"), float32, CPU);
    private readonly SafetensorsFile _golden = SafetensorsFile.Open(Path.Combine(Folder, "io.safetensors"));
    private readonly Eagle3Draft _draft;

    public Tree_decoding() => _draft = DraftFolder.Load(Path.Combine(Folder, "draft"), _target);

    public static TheoryData<string, int, int, int> Trees => new()
    {
        { "tree-levels3-size8", 8, 3, 4 },
        { "tree-eagle-depth3-total8", 7, 4, 4 }, // EAGLE's depth counts levels behind the first, its total counts the root
    };

    [Theory]
    [MemberData(nameof(Trees))]
    public void Makes_the_reference_s_rounds(string name, int tokens, int depth, int topK) => Assert.Equal(2, Judge(name, tokens, depth, topK).Length);

    [Fact]
    public void Is_in_the_documentation_with_what_was_compared() => FidelityPage.Matches(
        "Decoding, trees",
        "The same prompts, target and draft with dynamic trees, beside EAGLE's own `topK_genrate`. In *trees*, *absolute* counts those that differ in a node, its parent or depth, in the path taken or in the target's own word; *relative* is their share. *Scores* are the sums of log-probabilities of the first tree's nodes.",
        [.. Trees.SelectMany(tree => Judge((string)tree[0], (int)tree[1], (int)tree[2], (int)tree[3]))]);

    private FidelityRow[] Judge(string name, int tokens, int depth, int topK)
    {
        var trees = 0;
        for (var p = 0; p < 4; p++)
        {
            var found = Decoder(tokens, depth, topK).Decode(Ids($"p{p}.prompt"), Limits);
            var paths = found.Rounds.SelectMany(round => round.Taken().Select(node => (long)node).Concat(Enumerable.Repeat(-1L, depth - round.Accepted)));

            Assert.Equal(Ids($"p{p}.{name}.tokens"), found.Rounds.SelectMany(round => round.Drafted));
            Assert.Equal(Ids($"p{p}.{name}.parents"), found.Rounds.SelectMany(round => round.Parents!.Select(parent => (long)parent)));
            Assert.Equal(Ids($"p{p}.{name}.depths"), found.Rounds.SelectMany(round => new DraftTree(round.Drafted, round.Parents!).Depths.Select(depth => (long)depth)));
            Assert.Equal(Ids($"p{p}.{name}.accepted"), found.Rounds.Select(round => (long)round.Accepted));
            Assert.Equal(Ids($"p{p}.{name}.path"), paths);
            Assert.Equal(Ids($"p{p}.{name}.bonus"), found.Rounds.Select(round => round.Bonus));
            Assert.Equal(Ids($"p{p}.plain").Take(NewTokens), found.Tokens);
            trees += found.Rounds.Count;
        }

        Assert.InRange(trees, 125, 126); // 251 in all
        return [new("tree", name, $"{trees} trees", 0, 0, "0"), JudgeScores(name, tokens, depth, topK)];
    }

    private FidelityRow JudgeScores(string name, int tokens, int depth, int topK)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var prompt = Ids("p1.prompt");
        using var text = new GrowingText(prompt, _target.Config.Layers, new Chooser(0));
        var first = new TargetReader(_target, _draft.Config.HiddenLayers).Read(new Piece(text, prompt, Answers: 1))[0];
        text.Tokens.Add(first.argmax(-1).item<long>());
        var tree = new DraftTreeGrowth(_draft, new TreeSettings { Tokens = tokens, Depth = depth, TopK = topK }).Propose([text])[0];

        var scores = new Nearness("scores", 1e-6);
        scores.Compare(_golden.Load($"p1.{name}.scores")[0], tensor(tree.Scores.ToArray()), "scores");
        return scores.Row("tree", name);
    }

    /// <summary>Each path read alone, as a text of its own, gets the scores that the tree gives it.</summary>
    [Theory]
    [MemberData(nameof(Speculative_decoding_of_every_family.Families), MemberType = typeof(Speculative_decoding_of_every_family))]
    public void Is_read_as_its_paths_would_be_one_by_one(string family)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var target = TinyTarget.Model(TinyTarget.Family(family));
        var prompt = TinyTarget.Ids(rows: 1, 11, seed: 3).data<long>().ToArray();
        var tree = new DraftTree([5, 6, 7, 8, 9, 10], [-1, -1, 0, 0, 1, 3]);
        var reader = new TargetReader(target, []);
        using var text = new GrowingText(prompt, target.Config.Layers, new Chooser(0));
        _ = reader.Read(new Piece(text, prompt, Answers: 1));
        var scores_NV = reader.Read(new Piece(text, [4, .. tree.Tokens], tree.Tokens.Count + 1) { Tree = tree })[0];

        for (var node = 0; node < tree.Tokens.Count; node++)
        {
            var path = new List<long>();
            for (var at = node; at >= 0; at = tree.Parents[at])
            {
                path.Insert(0, tree.Tokens[at]);
            }

            using var alone = new GrowingText(prompt, target.Config.Layers, new Chooser(0));
            var expected_NV = reader.Read(new Piece(alone, [.. prompt, 4, .. path], Answers: 1))[0];
            Near.Assert(expected_NV[0], scores_NV[node + 1], 5e-6, $"scores behind node {node}");
        }
    }

    [Theory]
    [MemberData(nameof(Speculative_decoding_of_every_family.Families), MemberType = typeof(Speculative_decoding_of_every_family))]
    public void Gives_the_target_s_own_greedy_text(string family)
    {
        using var scope = NewDisposeScope();
        using var target = TinyTarget.Model(TinyTarget.Family(family));
        using var draft = Speculative_decoding_of_every_family.Draft(target);
        var prompt = TinyTarget.Ids(rows: 1, 9, seed: 9).data<long>().ToArray();
        var limits = Limits with { MaxNewTokens = 50 };
        var found = new Decoder(target, new DraftTreeGrowth(draft, new TreeSettings { Tokens = 10, Depth = 4, TopK = 3 })).Decode(prompt, limits);

        Assert.Equal(new Decoder(target).Decode(prompt, limits).Tokens, found.Tokens);
        Assert.All(found.Rounds, round => Assert.Equal(10, round.Drafted.Count));
    }

    [Fact]
    public void Of_one_word_a_level_is_a_chain()
    {
        var tree = Decoder(tokens: 3, depth: 3, topK: 1).Decode(Ids("p3.prompt"), Limits);
        var chain = new Decoder(_target, new DraftChain(_draft, 3)).Decode(Ids("p3.prompt"), Limits);
        Assert.Equal(chain.Rounds.Select(round => (string.Join(' ', round.Drafted), round.Accepted)), tree.Rounds.Select(round => (string.Join(' ', round.Drafted), round.Accepted)));
    }

    [Fact]
    public void Leaves_no_tensor_behind()
    {
        long Living()
        {
            _ = Decoder(tokens: 8, depth: 3, topK: 4).Decode(Ids("p1.prompt"), Limits with { MaxNewTokens = 12 });
            return TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        Assert.Equal(Living(), Living());
    }

    public void Dispose()
    {
        _draft.Dispose();
        _target.Dispose();
        _golden.Dispose();
    }

    private Decoder Decoder(int tokens, int depth, int topK) =>
        new(_target, new DraftTreeGrowth(_draft, new TreeSettings { Tokens = tokens, Depth = depth, TopK = topK }));

    private long[] Ids(string name)
    {
        using var ids = _golden.Read(name);
        return ids.data<long>().ToArray();
    }
}
