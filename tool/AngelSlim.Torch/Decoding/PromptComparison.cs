using System.Diagnostics;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>One prompt, decoded without the draft and with it.</summary>
/// <param name="Plain">The target's own text.</param>
/// <param name="Speculative">The text that the draft had a hand in.</param>
/// <param name="PlainSeconds">Wall seconds, reading the prompt included; of prompts at once each has its share.</param>
/// <param name="SpeculativeSeconds">The same.</param>
internal sealed record ComparedTexts(DecodedText Plain, DecodedText Speculative, double PlainSeconds, double SpeculativeSeconds)
{
    /// <summary>Whether the draft changed nothing.</summary>
    public bool AreEqual => Plain.Tokens.SequenceEqual(Speculative.Tokens);
}

/// <summary>Where two greedy texts part.</summary>
/// <param name="Position">The new token, from 1.</param>
/// <param name="Plain">What the plain text has there; null where it has ended.</param>
/// <param name="Speculative">What the speculative text has there; null where it has ended.</param>
/// <param name="Margin">By how much one forward over everything before scores the one above the other; no number where a text has ended.</param>
/// <param name="LargestScore">The largest score of that forward, to judge the margin by.</param>
internal sealed record TextDifference(int Position, long? Plain, long? Speculative, double Margin, double LargestScore)
{
    /// <summary>Float32 kernels of other shapes add in another order: scores of two correct programs differ by a few millionths.</summary>
    private const double RoundingShare = 1e-5;

    /// <summary>Whether no float32 program could tell the two words apart.</summary>
    public bool IsRounding => Math.Abs(Margin) <= RoundingShare * Math.Abs(LargestScore);
}

/// <summary>Decodes prompts without and with a draft.</summary>
/// <param name="target">Borrowed.</param>
/// <param name="plain">Without the draft.</param>
/// <param name="speculative">With it.</param>
/// <param name="limits">When a text ends.</param>
internal sealed class PromptComparison(TargetModel target, Decoder plain, Decoder speculative, DecodeLimits limits)
{
    /// <summary>A few tokens both ways: the first calls compile and touch every page of the weights.</summary>
    public void WarmUp(IReadOnlyList<long> prompt)
    {
        _ = plain.Decode(prompt, limits with { MaxNewTokens = Math.Min(8, limits.MaxNewTokens) });
        _ = speculative.Decode(prompt, limits with { MaxNewTokens = Math.Min(8, limits.MaxNewTokens) });
    }

    /// <summary>Decodes prompts both ways, all of them at once.</summary>
    /// <param name="prompts">What to go on with.</param>
    /// <param name="order">Which way goes first: alternating, so that neither always finds the warmer machine.</param>
    /// <param name="cancellation">Looked at in every round.</param>
    /// <returns>In the prompts' order; each has its share of the time.</returns>
    public IReadOnlyList<ComparedTexts> Compare(IReadOnlyList<DecodePrompt> prompts, DecodingOrder order, CancellationToken cancellation)
    {
        (IReadOnlyList<DecodedText> Texts, double Seconds) Timed(Decoder decoder)
        {
            var start = Stopwatch.GetTimestamp();
            return (decoder.Decode(prompts, limits, prompts.Count, cancellation), Stopwatch.GetElapsedTime(start).TotalSeconds / prompts.Count);
        }

        var first = Timed(order is DecodingOrder.PlainFirst ? plain : speculative);
        var second = Timed(order is DecodingOrder.PlainFirst ? speculative : plain);
        var (alone, together) = order is DecodingOrder.PlainFirst ? (first, second) : (second, first);
        return [.. alone.Texts.Zip(together.Texts, (one, other) => new ComparedTexts(one, other, alone.Seconds, together.Seconds))];
    }

    /// <summary>Where the two texts part, judged by one forward over the prompt and what they share.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="texts">Texts that are not equal.</param>
    public TextDifference Difference(IReadOnlyList<long> prompt, ComparedTexts texts)
    {
        var (alone, together) = (texts.Plain.Tokens, texts.Speculative.Tokens);
        var shared = alone.Zip(together).TakeWhile(pair => pair.First == pair.Second).Count();
        if (shared == alone.Count || shared == together.Count)
        {
            return new(shared + 1, shared < alone.Count ? alone[shared] : null, shared < together.Count ? together[shared] : null, double.NaN, double.NaN);
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var read = target.Run(new TargetInput(tensor(prompt.Concat(alone.Take(shared)).ToArray()).unsqueeze(0)), keptLayers: []);
        var scores_V = target.Logits(read.Last_BTD[0, ^1.., ..])[0].to(float32);
        return new(shared + 1, alone[shared], together[shared], scores_V[alone[shared]].ToNumber() - scores_V[together[shared]].ToNumber(), scores_V.abs().max().ToNumber());
    }
}

/// <summary>Which decoding of a prompt goes first.</summary>
internal enum DecodingOrder
{
    /// <summary>Without the draft, then with it.</summary>
    PlainFirst,

    /// <summary>With the draft, then without it.</summary>
    SpeculativeFirst,
}
