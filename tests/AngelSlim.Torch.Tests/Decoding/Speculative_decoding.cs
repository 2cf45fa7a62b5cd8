using AngelSlim.Testing;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Decoding;

/// <summary>A tiny Qwen3 with a draft that was trained a little on its text; rounds as EAGLE's and AngelSlim's own drafters make them.</summary>
public sealed class Speculative_decoding : IDisposable
{
    private const int NewTokens = 64;
    private static readonly string Folder = Golden.Own("eagle3", "decode");
    private static readonly DecodeLimits Limits = new(NewTokens, new HashSet<long>());

    private readonly TargetModel _target = TargetModel.Load(Path.Combine(Folder, "target"), float32, CPU);
    private readonly Eagle3Draft _draft;
    private readonly SafetensorsFile _golden = SafetensorsFile.Open(Path.Combine(Folder, "io.safetensors"));

    public Speculative_decoding() => _draft = DraftFolder.Load(Path.Combine(Folder, "draft"), _target);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Makes_the_reference_s_rounds(int k) => Assert.Equal(k + 2, Judge(k).Count);

    [Fact]
    public void Is_in_the_documentation_with_what_was_compared() => FidelityPage.Matches(
        "Decoding, chains",
        "Greedy decoding of four prompts with a tiny Qwen3 and a trained draft, beside EAGLE's and AngelSlim's own drafters and plain decoding by transformers. In *rounds*, *absolute* counts those that differ in a word proposed, in how many are accepted, or in the target's own word; *relative* is their share. The other lines are differences of the acceptance length and of the share accepted at each position, in all rounds.",
        [.. Enumerable.Range(1, 5).SelectMany(Judge)]);

    private List<FidelityRow> Judge(int k)
    {
        var (texts, accepted) = (new List<DecodedText>(), new List<long>());
        for (var p = 0; p < 4; p++)
        {
            var (prompt, found) = (Ids($"p{p}.prompt"), new Decoder(_target, new DraftChain(_draft, k)).Decode(Ids($"p{p}.prompt"), Limits));
            var lengths = found.Rounds.Aggregate(new List<long> { prompt.Length + 1 }, (sofar, round) => [.. sofar, sofar[^1] + round.Accepted + 1]);

            Assert.Equal(Ids($"p{p}.k{k}.length"), lengths.SkipLast(1));
            Assert.Equal(Ids($"p{p}.k{k}.drafted"), found.Rounds.SelectMany(round => round.Drafted));
            Assert.Equal(Ids($"p{p}.k{k}.accepted"), found.Rounds.Select(round => (long)round.Accepted));
            Assert.Equal(Ids($"p{p}.k{k}.bonus"), found.Rounds.Select(round => round.Bonus));
            texts.Add(found);
            accepted.AddRange(Ids($"p{p}.k{k}.accepted"));
        }

        var (counts, name) = (AcceptanceTally.Of(k, texts), $"decode, k = {k}");
        List<FidelityRow> rows = [new("chain", name, $"{accepted.Count} rounds", 0, 0, "0"), Row("acceptance length", 1 + accepted.Average(), counts.AcceptanceLength)];
        rows.AddRange(Enumerable.Range(0, k).Select(i => Row($"accepted at position {i + 1}", accepted.Count(length => length > i) / (double)accepted.Count, counts.PerPosition[i])));
        return rows;

        FidelityRow Row(string what, double expected, double actual)
        {
            var difference = Math.Abs(actual - expected);
            Assert.InRange(difference, 0, 1e-12);
            return new("chain", name, FormattableString.Invariant($"{what}: {expected:0.0000}"), difference, difference / expected, "1e-12");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void Gives_the_target_s_own_greedy_text(int k)
    {
        for (var p = 0; p < 4; p++)
        {
            var decoder = k is 0 ? new Decoder(_target) : new Decoder(_target, new DraftChain(_draft, k));
            Assert.Equal(Ids($"p{p}.plain").Take(NewTokens), decoder.Decode(Ids($"p{p}.prompt"), Limits).Tokens);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(63)]
    public void Ends_at_the_limit_wherever_it_falls(int limit)
    {
        var found = new Decoder(_target, new DraftChain(_draft, 4)).Decode(Ids("p3.prompt"), Limits with { MaxNewTokens = limit });
        Assert.Equal(Ids("p3.plain").Take(limit), found.Tokens);
    }

    [Fact]
    public void Ends_behind_an_end_token_also_when_the_draft_guessed_past_it()
    {
        var whole = new Decoder(_target, new DraftChain(_draft, 4)).Decode(Ids("p3.prompt"), Limits);
        var first = whole.Rounds.TakeWhile(round => round.Accepted < 2).ToList();
        var ending = whole.Rounds[first.Count].Drafted[0];
        var length = whole.Tokens.ToList().IndexOf(ending) + 1;

        var found = new Decoder(_target, new DraftChain(_draft, 4)).Decode(Ids("p3.prompt"), Limits with { EndTokens = new HashSet<long> { ending } });
        Assert.Equal(whole.Tokens.Take(length), found.Tokens);
    }

    [Fact]
    public void Leaves_no_tensor_behind()
    {
        long Living()
        {
            _ = new Decoder(_target, new DraftChain(_draft, 3)).Decode(Ids("p1.prompt"), Limits);
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

    private long[] Ids(string name)
    {
        using var ids = _golden.Read(name);
        return ids.data<long>().ToArray();
    }
}
