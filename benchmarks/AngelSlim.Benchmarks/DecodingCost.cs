using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Statistics;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>What the parts of a round cost, and so which acceptance length pays for them; a draft's weights do not matter here.</summary>
/// <remarks>
/// Processor time of one thread, so that a busy machine distorts little; best of several stretches, since the rest is
/// other work. Speed-up = acceptance length / (verification + k × draft step), both in units of a plain token.
/// </remarks>
internal static class DecodingCost
{
    // Many short stretches: on a busy machine the shortest is the one that nobody disturbed.
    private const int Stretches = 50;
    private const double ShortestStretch = 40;
    private const int WarmUpCalls = 100;

    public static int Run(Options options)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var target = TargetModel.Load(options["model"], options.Find("dtype") is "bfloat16" ? bfloat16 : float32, CPU);
        using var draft = Untrained(target, options.Number("vocabulary") ?? target.Config.Vocabulary);
        var length = options.Number("length") ?? 128;
        var plain = Read(target, length, rows: 1);
        var bytes = BytesPerToken(target);
        var reading = PlainRead(bytes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"plain token {plain:F3} ms at {length} tokens; its {bytes / 1e6:F0} MB of weights in {reading:F3} ms by one thread that only reads: {reading / plain:F2} of the memory's speed"));
        foreach (var k in AcceptanceOfDraft.Lengths(options.Find("k") ?? "2,4"))
        {
            var (verification, step) = (Read(target, length, rows: k + 1), Draft(draft, length, k) / k);
            var rounds = (verification + (k * step)) / plain;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"k {k}: verification {verification:F3} ms, draft step {step:F3} ms; pays from acceptance length {rounds:F2}, 1.5x from {1.5 * rounds:F2}"));
        }

        return 0;
    }

    /// <summary>The weights that a token needs: all but the embedding, unless that is also the head.</summary>
    private static long BytesPerToken(TargetModel target) => target.Embedding_VD.element_size() * TargetWeights.Of(target.Config)
        .Where(weight => target.Config.TiedHead || weight.Name is not TargetWeights.Embedding)
        .Sum(weight => weight.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Milliseconds that reading takes which does nothing else, from memory that no cache holds.</summary>
    private static double PlainRead(long bytes)
    {
        var memory = new ulong[bytes / sizeof(ulong)];
        Array.Fill(memory, 1UL);
        var sum = Vector512<ulong>.Zero;
        var best = Best(() => sum += Sum(memory));
        return sum == Vector512<ulong>.Zero ? throw new InvalidOperationException("Nothing was read.") : best;
    }

    /// <summary>Four chains, so that the sums do not wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<ulong> Sum(ulong[] memory)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(memory);
        var (a, b, c, d) = (Vector512<ulong>.One, Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        for (nuint i = 0; i + 32 <= (nuint)memory.Length; i += 32)
        {
            a += Vector512.LoadUnsafe(ref first, i);
            b += Vector512.LoadUnsafe(ref first, i + 8);
            c += Vector512.LoadUnsafe(ref first, i + 16);
            d += Vector512.LoadUnsafe(ref first, i + 24);
        }

        return a + b + c + d;
    }

    private static Eagle3Draft Untrained(TargetModel target, int words)
    {
        var settings = new DraftSettings();
        var config = DraftConfig.For(settings, new TrainingSettings().Compatibility, target.Config, Math.Min(words, target.Config.Vocabulary));
        var weights = FirstWeights.Draw(config, new DraftSettings().InitialDeviation, seed: 1)
            .ToDictionary(pair => pair.Key, pair => pair.Value.to(target.Embedding_VD.dtype).DetachFromDisposeScope());
        return new Eagle3Draft(config, weights, new DraftVocabulary([.. Enumerable.Range(0, config.DraftWords).Select(word => (long)word)], target.Config.Vocabulary), target.Embedding_VD);
    }

    private static double Read(TargetModel target, int length, int rows)
    {
        using var scope = NewDisposeScope();
        var reader = new TargetReader(target, TargetModel.DefaultHiddenLayers(target.Config.Layers));
        using var text = new GrowingText([.. Enumerable.Range(0, length).Select(id => (long)id % target.Config.Vocabulary)], target.Config.Layers, new Chooser(0));
        _ = reader.Read(new Piece(text, text.Tokens, Answers: 1));
        var piece = new Piece(text, [.. Enumerable.Range(0, rows).Select(id => (long)id)], Answers: rows);
        return Best(() =>
        {
            using var call = NewDisposeScope();
            _ = reader.Read(piece);
            text.Target.Truncate(length);
        });
    }

    private static double Draft(Eagle3Draft draft, int length, int k)
    {
        using var scope = NewDisposeScope();
        var chain = new DraftChain(draft, k);
        using var text = new GrowingText([.. Enumerable.Range(0, length + 1).Select(_ => 1L)], 1, new Chooser(0));
        text.Take(randn([1, length, draft.Config.HiddenLayers.Count, draft.Config.TargetWidth], draft.Head_WD.dtype));
        _ = chain.Propose([text]);
        text.Take(text.Hidden_BTLD[.., ..1]);
        return Best(() =>
        {
            text.Draft.Truncate(length - 1);
            _ = chain.Propose([text]);
        });
    }

    /// <summary>Milliseconds of processor time of one call, once everything is compiled and every page touched.</summary>
    private static double Best(Action action)
    {
        var calls = 1;
        for (var spent = Stretch(action, WarmUpCalls); spent * calls < ShortestStretch; calls *= 2)
        {
        }

        return Enumerable.Range(0, Stretches).Min(_ => Stretch(action, calls));
    }

    private static double Stretch(Action action, int calls)
    {
        var start = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < calls; i++)
        {
            action();
        }

        return (Process.GetCurrentProcess().TotalProcessorTime - start).TotalMilliseconds / calls;
    }
}
