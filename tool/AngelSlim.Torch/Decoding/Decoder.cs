using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AngelSlim.Core.Statistics;
using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>A prompt to go on with.</summary>
/// <param name="Tokens">Token ids, at least one.</param>
/// <param name="Id">Tells it from others: with the seed it says what is drawn for it.</param>
internal sealed record DecodePrompt(IReadOnlyList<long> Tokens, string Id = "")
{
    /// <summary>Gets the text piece by piece, as <see cref="DecodeLimits.Text"/> makes it.</summary>
    public Action<string>? Receive { get; init; }

    /// <summary>New tokens for which the target has room, where these are fewer than <see cref="DecodeLimits.MaxNewTokens"/>; at least 1.</summary>
    public int MostNewTokens { get; init; } = int.MaxValue;
}

/// <summary>Decoding, with a draft that guesses ahead or without, greedy or by chance.</summary>
/// <remarks>
/// One loop for all. A text's last token comes from the target, which has not read it yet; the draft proposes tokens after
/// it; the target reads them all in one step, and they are accepted while they are what it goes on with. Its own next token
/// ends the round. Without a draft nothing is proposed and a round is one plain step.
/// </remarks>
/// <param name="target">Borrowed.</param>
/// <param name="drafter">Borrowed; null for plain decoding.</param>
/// <param name="sampling">How words are drawn; null: the best.</param>
/// <param name="seed">Of what is drawn.</param>
internal sealed class Decoder(TargetModel target, IDrafter? drafter = null, Sampling? sampling = null, int seed = 0)
{
    private readonly TargetReader _reader = new(target, drafter?.HiddenLayers ?? []);

    /// <summary>Decodes one prompt.</summary>
    /// <param name="prompt">Token ids, at least one.</param>
    /// <param name="limits">When the text ends.</param>
    /// <param name="cancellation">Looked at in every round.</param>
    public DecodedText Decode(IReadOnlyList<long> prompt, DecodeLimits limits, CancellationToken cancellation = default) =>
        Decode([new DecodePrompt(prompt)], limits, cancellation: cancellation)[0];

    /// <summary>Decodes prompts, several at once; where one ends the next begins.</summary>
    /// <param name="prompts">Each is decoded as if it were alone.</param>
    /// <param name="limits">When a text ends.</param>
    /// <param name="atOnce">Texts that grow together, at least 1.</param>
    /// <param name="cancellation">Looked at in every round.</param>
    /// <returns>In the prompts' order.</returns>
    public IReadOnlyList<DecodedText> Decode(IReadOnlyList<DecodePrompt> prompts, DecodeLimits limits, int atOnce = 1, CancellationToken cancellation = default)
    {
        using var frozen = no_grad();
        var decoded = new DecodedText[prompts.Count];
        var open = new List<OpenText>();
        try
        {
            for (var next = 0; next < prompts.Count || open.Count > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                while (next < prompts.Count && open.Count < atOnce)
                {
                    open.Add(Begin(prompts[next], next++, limits));
                    Close(open, decoded);
                }

                if (open.Count > 0)
                {
                    Round(open, limits);
                    Close(open, decoded);
                }
            }
        }
        finally
        {
            open.ForEach(text => text.Text.Dispose());
        }

        return decoded;
    }

    private OpenText Begin(DecodePrompt prompt, int place, DecodeLimits limits)
    {
        using var scope = NewDisposeScope();
        var text = new GrowingText(prompt.Tokens, target.Config.Layers, Random(prompt.Id));
        IWordChoice choice = sampling is null ? new GreedyChoice() : new SampledChoice(sampling, text.Random.Share);
        var open = new OpenText(place, text, choice, limits.Text is { } rules ? new TextStream(rules, prompt.Receive) : null) { MostNewTokens = Math.Min(limits.MaxNewTokens, prompt.MostNewTokens) };
        open.Append(choice.Judge(DraftTree.Empty, _reader.Read(new Piece(text, prompt.Tokens, Answers: 1))[0]).Tokens(), limits);
        return open;
    }

    private void Round(IReadOnlyList<OpenText> open, DecodeLimits limits)
    {
        using var scope = NewDisposeScope();
        var texts = open.Select(one => one.Text).ToList();
        var proposals = drafter is null ? [.. texts.Select(_ => DraftTree.Empty)] : drafter.Propose(texts);
        var scores = _reader.Read([.. texts.Zip(proposals, PieceOf)]);
        for (var i = 0; i < open.Count; i++)
        {
            var round = open[i].Choice.Judge(proposals[i], scores[i]);
            open[i].Rounds.Add(round);

            // What was refused goes, from the cache and from what the draft reads next.
            texts[i].Keep(proposals[i].Tokens.Count, round.Taken());
            open[i].Append(round.Tokens(), limits);
        }
    }

    private static Piece PieceOf(GrowingText text, DraftTree proposal) =>
        new(text, [text.Tokens[^1], .. proposal.Tokens], proposal.Tokens.Count + 1) { Tree = proposal.IsChain ? null : proposal };

    private static void Close(List<OpenText> open, DecodedText[] decoded)
    {
        foreach (var one in open.Where(one => one.IsOver).ToList())
        {
            decoded[one.Place] = new DecodedText([.. one.Text.Tokens[^one.Text.NewTokens..]], one.Rounds) { Text = one.Stream?.Text };
            one.Text.Dispose();
            _ = open.Remove(one);
        }
    }

    /// <summary>What is drawn for a text depends on seed and id alone, not on what lies beside it.</summary>
    private Chooser Random(string id) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{id}"))));

    private sealed record OpenText(int Place, GrowingText Text, IWordChoice Choice, TextStream? Stream)
    {
        public List<DecodeRound> Rounds { get; } = [];

        public required int MostNewTokens { get; init; }

        public bool IsOver { get; private set; }

        /// <summary>Adds tokens up to the one that ends the text.</summary>
        public void Append(IEnumerable<long> tokens, DecodeLimits limits)
        {
            foreach (var token in tokens)
            {
                Text.Tokens.Add(token);
                IsOver = limits.EndTokens.Contains(token) || Stream?.Take(token) is true || Text.NewTokens >= MostNewTokens;
                if (IsOver)
                {
                    Stream?.End();
                    return;
                }
            }
        }
    }
}
