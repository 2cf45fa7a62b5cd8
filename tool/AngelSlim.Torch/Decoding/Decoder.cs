using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>Greedy decoding, with a draft that guesses ahead or without.</summary>
/// <remarks>
/// One loop for both. The text's last token comes from the target, which has not read it yet; the draft proposes k tokens
/// after it; the target reads them all in one step, and they are accepted while they are what it would have chosen. Its
/// own next token ends the round. Without a draft k is 0 and a round is one plain step.
/// </remarks>
/// <param name="target">Borrowed.</param>
/// <param name="draft">Borrowed; null for plain decoding.</param>
/// <param name="speculativeTokens">Drafted tokens per round; not shortened near the limit, as in vLLM.</param>
internal sealed class Decoder(TargetModel target, Eagle3Draft? draft = null, int speculativeTokens = 0)
{
    /// <summary>Decodes one prompt.</summary>
    /// <param name="prompt">Token ids, at least one.</param>
    /// <param name="limits">When the text ends.</param>
    /// <param name="cancellation">Looked at in every round.</param>
    public DecodedText Decode(IReadOnlyList<long> prompt, DecodeLimits limits, CancellationToken cancellation = default)
    {
        using var frozen = no_grad();
        using var reading = new TargetReading(target, draft?.Config.HiddenLayers ?? []);
        using var chain = draft is null ? null : new DraftChain(draft);
        var text = new List<long>(prompt) { reading.Read(prompt, answers: 1)[0] };
        var rounds = new List<DecodeRound>();
        while (text.Count - prompt.Count < limits.MaxNewTokens && !limits.EndTokens.Contains(text[^1]))
        {
            cancellation.ThrowIfCancellationRequested();
            var round = Round(text, reading, chain);
            rounds.Add(round);
            Append(text, [.. round.Drafted.Take(round.Accepted), round.Bonus], limits.EndTokens);
        }

        return new DecodedText([.. text.Skip(prompt.Count).Take(limits.MaxNewTokens)], rounds);
    }

    private DecodeRound Round(List<long> text, TargetReading reading, DraftChain? chain)
    {
        using var scope = NewDisposeScope();
        var drafted = chain is null ? [] : chain.Propose(reading.Hidden_BTLD, text[(chain.Length + 1)..], speculativeTokens);
        var answers = reading.Read([text[^1], .. drafted], answers: drafted.Length + 1);
        var accepted = 0;
        while (accepted < drafted.Length && drafted[accepted] == answers[accepted])
        {
            accepted++;
        }

        // Rows of refused tokens go, from the cache and from what the draft reads next.
        reading.Keep(text.Count + accepted);
        return new DecodeRound(drafted, accepted, answers[accepted]);
    }

    private static void Append(List<long> text, IReadOnlyList<long> tokens, IReadOnlySet<long> endTokens)
    {
        foreach (var token in tokens)
        {
            text.Add(token);
            if (endTokens.Contains(token))
            {
                return;
            }
        }
    }
}
