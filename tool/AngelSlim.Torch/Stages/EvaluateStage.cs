using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Statistics;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Stages;

/// <summary>Decodes prompts without and with the draft, in turn, and keeps what was accepted, round by round.</summary>
/// <remarks>
/// The journal has one line per prompt, so a kill costs one prompt. Everything but <c>timing.json</c> is a function of
/// settings and inputs.
/// </remarks>
internal sealed class EvaluateStage(TensorRuntime runtime) : TensorStage<EvaluateSettings, EvaluateInputs, Evaluation>("evaluate", version: 3, runtime)
{
    private static readonly JsonSerializerOptions OneLine = new(ArtifactJson.Options) { WriteIndented = false };
    private readonly int _threads = runtime.Threads;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Unsteady => [Path.GetFileName(new Evaluation("").Timing)];

    /// <inheritdoc/>
    protected override Needs NeedsOf(EvaluateSettings settings, EvaluateInputs inputs) =>
        new(
            MemoryEstimate.Target(inputs.Target, settings.Dtype) + MemoryEstimate.Weights(inputs.Draft.Folder) + MemoryEstimate.Rest
            + MemoryEstimate.Texts(inputs.Target, settings.Dtype, settings.PromptsAtOnce, settings.MaxNewTokens, (settings.Tree?.Tokens ?? settings.SpeculativeTokens) + 1),
            Alone: true);

    /// <inheritdoc/>
    protected override void Compute(EvaluateSettings settings, EvaluateInputs inputs, StageContext context)
    {
        ExportCheck.Verify(inputs.Draft.Folder);
        using var target = TargetModel.Load(inputs.Target.Folder, ElementType.Of(settings.Dtype).Scalar, CPU, TargetCatalog.For(inputs.Target));
        using var draft = DraftFolder.Load(inputs.Draft.Folder, target);
        var prompts = EvaluationPrompts.Read(settings, inputs, target.Config);
        var limits = Limits(settings, inputs.Target.Folder);
        var comparison = Comparison(target, draft, settings, limits);
        var walk = settings.Tree is null && settings.Sampling is null ? new DraftWalk(target, draft, settings.SpeculativeTokens) : null;
        var done = context.Journal.Items.Select(line => JsonSerializer.Deserialize<EvaluatedPrompt>(line, OneLine)!).ToList();
        if (done.Count < prompts.Count)
        {
            comparison.WarmUp(prompts[0].Tokens);
        }

        while (done.Count < prompts.Count)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var order = done.Count / settings.PromptsAtOnce % 2 is 0 ? DecodingOrder.PlainFirst : DecodingOrder.SpeculativeFirst;
            var batch = prompts.Skip(done.Count).Take(settings.PromptsAtOnce).ToList();
            var compared = comparison.Compare([.. batch.Select(prompt => new DecodePrompt(prompt.Tokens, $"{prompt.Source}/{prompt.Id}"))], order, context.Cancellation);
            foreach (var (prompt, texts) in batch.Zip(compared))
            {
                if (settings.Sampling is null && !texts.AreEqual)
                {
                    Judge(comparison.Difference(prompt.Tokens, texts), prompt, settings.Dtype, context);
                }

                done.Add(Evaluated(prompt, texts, walk, isDrawn: settings.Sampling is not null));
                if (walk is not null && !done[^1].Rounds.MatchesRounds(settings.SpeculativeTokens))
                {
                    context.Report(new Said($"prompt {prompt.Id} of {prompt.Source}: decoding made other rounds than the pass along the text; kernels round otherwise where scores are near.", Warning: settings.Dtype is Dtype.Float32));
                }

                context.Journal.Add(JsonSerializer.Serialize(done[^1], OneLine));
                context.Report(new Progressed(done.Count, prompts.Count, "prompts") { Detail = Detail(Counts(done, settings), Timing(done)) });
            }
        }

        Write(done, settings, context);
    }

    private static DecodeLimits Limits(EvaluateSettings settings, string target) =>
        new(settings.MaxNewTokens, StopTokens.Load(target).Select(id => (long)id).ToHashSet())
        {
            Text = settings.Stop.Count > 0 ? new TextRules(Tokenizer.Load(target), settings.Stop) : null,
        };

    private static EvaluatedPrompt Evaluated(EvaluationPrompt prompt, ComparedTexts texts, DraftWalk? walk, bool isDrawn) => new(
        new PromptRounds(prompt.Source, prompt.Id, prompt.Tokens.Length, isDrawn ? null : texts.AreEqual, texts.Speculative)
        {
            Matches = walk?.Matches(prompt.Tokens, texts.Speculative.Tokens),
        },
        texts.Plain.Tokens.Count,
        texts.PlainSeconds,
        texts.SpeculativeSeconds);

    private static PromptComparison Comparison(TargetModel target, Eagle3Draft draft, EvaluateSettings settings, DecodeLimits limits)
    {
        var sampling = settings.Sampling is { } asked ? new Sampling { Temperature = asked.Temperature, TopK = asked.TopK, TopP = asked.TopP } : null;
        IDrafter drafter = settings.Tree is { } tree
            ? new DraftTreeGrowth(draft, tree)
            : new DraftChain(draft, settings.SpeculativeTokens, settings.Sampling?.Drafting is Drafting.Sampled ? sampling : null);
        var seed = settings.Sampling?.Seed ?? 0;
        return new PromptComparison(target, new Decoder(target, null, sampling, seed), new Decoder(target, drafter, sampling, seed), limits);
    }

    /// <summary>In bfloat16 the two may part wherever scores are near, in every server; in float32 only where they are equal but for rounding.</summary>
    internal static void Judge(TextDifference difference, EvaluationPrompt prompt, Dtype dtype, StageContext context)
    {
        var facts = string.Create(
            CultureInfo.InvariantCulture,
            $"prompt {prompt.Id} of {prompt.Source}: at new token {difference.Position} the target alone goes on with {Word(difference.Plain)}, with the draft with {Word(difference.Speculative)}; one forward scores them {difference.Margin:G4} apart, the largest score being {difference.LargestScore:G4}");
        if (dtype is Dtype.Float32 && !difference.IsRounding)
        {
            throw new DataException(
                ProblemCode.TextsDiffer, $"{facts}. In float32 speculative text is the target's own text: this is a fault of the decoder, please report it with the prompt.");
        }

        context.Report(new Said($"{facts}.", Warning: dtype is Dtype.Float32));
    }

    private static string Word(long? word) => word?.ToString(CultureInfo.InvariantCulture) ?? "nothing, having ended";

    private static AcceptanceCounts Counts(IEnumerable<EvaluatedPrompt> prompts, EvaluateSettings settings) =>
        AcceptanceTally.Of(settings.Tree?.Depth ?? settings.SpeculativeTokens, [.. prompts.Select(prompt => prompt.Rounds.Text)]);

    private EvaluationTiming Timing(IReadOnlyCollection<EvaluatedPrompt> prompts) => new()
    {
        PlainSeconds = prompts.Sum(prompt => prompt.PlainSeconds),
        SpeculativeSeconds = prompts.Sum(prompt => prompt.SpeculativeSeconds),
        PlainNewTokens = prompts.Sum(prompt => (long)prompt.PlainNewTokens),
        NewTokens = prompts.Sum(prompt => (long)prompt.Rounds.Text.Tokens.Count),
        Threads = _threads,
    };

    /// <summary>Each prompt was decoded both ways, so what makes prompts slow is in both, and only their quotients vary.</summary>
    private static Interval? SpeedupInterval(IReadOnlyList<EvaluatedPrompt> prompts)
    {
        var plain = new PromptRatio([.. prompts.Select(prompt => (double)prompt.PlainNewTokens)], [.. prompts.Select(prompt => prompt.PlainSeconds)]);
        var speculative = new PromptRatio([.. prompts.Select(prompt => (double)prompt.Rounds.Text.Tokens.Count)], [.. prompts.Select(prompt => prompt.SpeculativeSeconds)]);
        return prompts.Count >= 2 && RelativeChange.Of(plain, speculative, new Resampling()) is { } change ? new(1 + change.Lower, 1 + change.Upper) : null;
    }

    private static string Detail(AcceptanceCounts counts, EvaluationTiming timing) => string.Create(
        CultureInfo.InvariantCulture,
        $"acceptance length {counts.AcceptanceLength:0.00}, {timing.PlainTokensPerSecond:0} tokens/s alone, {timing.SpeculativeTokensPerSecond:0} with the draft");

    private static IReadOnlyList<AcceptanceCounts> Chains(IReadOnlyList<EvaluatedPrompt> prompts, int longest) =>
    [
        .. Enumerable.Range(1, longest).Select(tokens => AcceptanceTally.Of(
            tokens, [.. prompts.Select(prompt => (prompt.Rounds.Text.Tokens.Count, DraftWalk.Rounds(prompt.Rounds.Matches!, tokens)))])),
    ];

    private void Write(IReadOnlyList<EvaluatedPrompt> done, EvaluateSettings settings, StageContext context)
    {
        var output = new Evaluation(context.Output);
        var isWalked = done.All(prompt => prompt.Rounds.Matches is not null);
        var summary = new EvaluationSummary
        {
            SpeculativeTokens = settings.SpeculativeTokens,
            Tree = settings.Tree,
            All = Counts(done, settings),
            Sources = done.GroupBy(prompt => prompt.Rounds.Source).ToDictionary(source => source.Key, source => Counts(source, settings)),
            Chains = isWalked ? Chains(done, settings.SpeculativeTokens) : null,
            AgreeingPrompts = isWalked ? done.Count(prompt => prompt.Rounds.MatchesRounds(settings.SpeculativeTokens)) : null,
            EqualPrompts = settings.Sampling is null ? done.Count(prompt => prompt.Rounds.EqualsPlain is true) : null,
        };
        var timing = Timing(done) with { SpeedupInterval = SpeedupInterval(done) };
        File.WriteAllText(output.Rounds, string.Concat(done.Select(prompt => JsonSerializer.Serialize(prompt.Rounds, OneLine) + "\n")));
        ArtifactJson.Write(output.Timing, timing);
        ArtifactJson.Write(output.Summary, summary);
        context.Report(new Measured("acceptanceLength", summary.All.AcceptanceLength));
        context.Report(new Measured("speedup", timing.Speedup));
    }
}
