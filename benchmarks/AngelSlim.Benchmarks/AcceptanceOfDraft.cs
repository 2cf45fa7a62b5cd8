using System.Diagnostics;
using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Statistics;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>How much of what a draft proposes along known greedy texts is right: the decoder's rounds without the decoder's target.</summary>
/// <remarks>
/// Greedy text does not depend on the draft, so one forward over prompt and answer has all states that the rounds start
/// from. Rounds start while fewer than the wanted new tokens are there and the text has not ended; what is drafted behind
/// the text's end counts as refused. <c>--check N</c> decodes the first N prompts for real and compares every round.
/// </remarks>
internal static class AcceptanceOfDraft
{
    public static int Run(Options options)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var texts = KnownTexts.Read(options["texts"]).Take(options.Number("prompts") ?? int.MaxValue).ToList();
        var newTokens = options.Number("new") ?? 96;
        using var target = TargetModel.Load(options["model"], ScalarType.Float32, CPU);
        using var draft = DraftFolder.Load(options["draft"], target);
        var states = KnownTexts.States(texts, target, draft.Config.HiddenLayers, options);
        foreach (var k in Lengths(options.Find("k") ?? "2,4"))
        {
            var clock = Stopwatch.StartNew();
            var rounds = texts.Select((text, i) => Rounds(draft, text, states[i], newTokens, k)).ToList();
            foreach (var set in texts.Select(text => text.Set).Distinct())
            {
                Say(set, k, rounds.Where((_, i) => texts[i].Set == set));
            }

            Say("all", k, rounds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {clock.Elapsed.TotalSeconds:F1} s"));
            if (!texts.Take(options.Number("check") ?? 0).Select((text, i) => Check(target, draft, text, newTokens, rounds[i])).All(equal => equal))
            {
                return 1;
            }
        }

        return 0;
    }

    private static List<DecodeRound> Rounds(Eagle3Draft draft, KnownText text, Tensor hidden_BTLD, int newTokens, int k)
    {
        using var scope = NewDisposeScope();
        var chain = new DraftChain(draft, k);
        using var growing = new GrowingText(text.Ids[..text.Prompt], 1, new Chooser(0));
        var rounds = new List<DecodeRound>();
        for (var length = text.Prompt + 1; length < text.Ids.Length && length - text.Prompt < newTokens;)
        {
            using var round = NewDisposeScope();
            growing.Take(hidden_BTLD[.., (int)growing.Draft.Length..(length - 1)]);
            growing.Tokens.AddRange(text.Ids[growing.Tokens.Count..length]);
            var drafted = chain.Propose([growing])[0].Tokens.ToArray();
            var left = text.Ids.AsSpan(length);
            var accepted = drafted.AsSpan().CommonPrefixLength(left);
            rounds.Add(new DecodeRound(drafted, accepted, accepted < left.Length ? left[accepted] : -1));
            length += accepted + 1;
        }

        return rounds;
    }

    /// <summary>Whether the real decoder makes the same rounds, up to what it knows of the text behind its end.</summary>
    private static bool Check(TargetModel target, Eagle3Draft draft, KnownText text, int newTokens, List<DecodeRound> expected)
    {
        var ends = target.Config.EndIds.Select(id => (long)id).ToHashSet();
        var found = new Decoder(target, new DraftChain(draft, expected[0].Drafted.Count)).Decode(text.Ids[..text.Prompt], new DecodeLimits(newTokens, ends)).Rounds;
        var equal = found.Count == expected.Count
            && found.Zip(expected).All(pair => pair.First.Drafted.SequenceEqual(pair.Second.Drafted))
            && found.Zip(expected).SkipLast(1).All(pair => pair.First.Accepted == pair.Second.Accepted && pair.First.Bonus == pair.Second.Bonus);
        Console.WriteLine($"  decoded for real: {found.Count} rounds, {(equal ? "equal" : "DIFFERENT")}");
        return equal;
    }

    private static void Say(string set, int k, IEnumerable<IReadOnlyList<DecodeRound>> prompts)
    {
        var counts = AcceptanceTally.Of(k, [.. prompts.Select(rounds => new DecodedText([], rounds))]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"k {k}  {set,-10} rounds {counts.Rounds,5}  acceptance length {counts.AcceptanceLength:F4}  per position {string.Join(" ", counts.PerPosition.Select(share => share.ToString("F4", CultureInfo.InvariantCulture)))}"));
    }

    /// <summary>Numbers of speculative tokens, 1 to 16 each.</summary>
    public static IEnumerable<int> Lengths(string list) => list.Split(',').Select(text => int.TryParse(text, out var k) && k is > 0 and <= 16
        ? k
        : throw new UserException(ProblemCode.Usage, $"--k should be numbers from 1 to 16 with commas between, not '{list}'."));
}
