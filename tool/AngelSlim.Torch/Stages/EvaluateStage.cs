using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Stages;

/// <summary>Decodes prompts without and with the draft, in turn, and keeps what was accepted, round by round.</summary>
/// <remarks>
/// The journal has one line per prompt, so a kill costs one prompt. Everything but <c>timing.json</c> is a function of
/// settings and inputs.
/// </remarks>
internal sealed class EvaluateStage(TensorRuntime runtime) : TensorStage<EvaluateSettings, EvaluateInputs, Evaluation>("evaluate", version: 2, runtime)
{
    private static readonly JsonSerializerOptions OneLine = new(ArtifactJson.Options) { WriteIndented = false };
    private readonly int _threads = runtime.Threads;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Unsteady => [Path.GetFileName(new Evaluation("").Timing)];

    /// <inheritdoc/>
    protected override Needs NeedsOf(EvaluateSettings settings, EvaluateInputs inputs) =>
        new(MemoryEstimate.Target(inputs.Target, settings.Dtype) + MemoryEstimate.Weights(inputs.Draft.Folder) + MemoryEstimate.Rest, Alone: true);

    /// <inheritdoc/>
    protected override void Compute(EvaluateSettings settings, EvaluateInputs inputs, StageContext context)
    {
        ExportCheck.Verify(inputs.Draft.Folder);
        using var target = TargetModel.Load(inputs.Target.Folder, settings.Dtype is Dtype.Bfloat16 ? bfloat16 : float32, CPU, TargetCatalog.For(inputs.Target));
        using var draft = DraftFolder.Load(inputs.Draft.Folder, target);
        var prompts = EvaluationPrompts.Read(settings, inputs, target.Config);
        var limits = new DecodeLimits(settings.MaxNewTokens, StopTokens.Load(inputs.Target.Folder).Select(id => (long)id).ToHashSet());
        var comparison = new PromptComparison(target, draft, settings.SpeculativeTokens, limits);
        var done = context.Journal.Items.Select(line => JsonSerializer.Deserialize<EvaluatedPrompt>(line, OneLine)!).ToList();
        if (done.Count < prompts.Count)
        {
            comparison.WarmUp(prompts[0].Tokens);
        }

        for (var i = done.Count; i < prompts.Count; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var texts = comparison.Compare(prompts[i].Tokens, i % 2 is 0 ? DecodingOrder.PlainFirst : DecodingOrder.SpeculativeFirst, context.Cancellation);
            if (!texts.AreEqual)
            {
                Judge(comparison.Difference(prompts[i].Tokens, texts), prompts[i], settings.Dtype, context);
            }

            var rounds = new PromptRounds(prompts[i].Source, prompts[i].Id, prompts[i].Tokens.Length, texts.AreEqual, texts.Speculative);
            done.Add(new EvaluatedPrompt(rounds, texts.PlainSeconds, texts.SpeculativeSeconds));
            context.Journal.Add(JsonSerializer.Serialize(done[^1], OneLine));
            context.Report(new Progressed(done.Count, prompts.Count, "prompts") { Detail = Detail(Counts(done, settings), Timing(done)) });
        }

        Write(done, settings, context);
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
        AcceptanceTally.Of(settings.SpeculativeTokens, [.. prompts.Select(prompt => prompt.Rounds.Text)]);

    private EvaluationTiming Timing(IReadOnlyCollection<EvaluatedPrompt> prompts) => new()
    {
        PlainSeconds = prompts.Sum(prompt => prompt.PlainSeconds),
        SpeculativeSeconds = prompts.Sum(prompt => prompt.SpeculativeSeconds),
        NewTokens = prompts.Sum(prompt => (long)prompt.Rounds.Text.Tokens.Count),
        Threads = _threads,
    };

    private static string Detail(AcceptanceCounts counts, EvaluationTiming timing) => string.Create(
        CultureInfo.InvariantCulture,
        $"acceptance length {counts.AcceptanceLength:0.00}, {timing.PlainTokensPerSecond:0} tokens/s alone, {timing.SpeculativeTokensPerSecond:0} with the draft");

    private void Write(IReadOnlyList<EvaluatedPrompt> done, EvaluateSettings settings, StageContext context)
    {
        var output = new Evaluation(context.Output);
        var summary = new EvaluationSummary
        {
            SpeculativeTokens = settings.SpeculativeTokens,
            All = Counts(done, settings),
            Sources = done.GroupBy(prompt => prompt.Rounds.Source).ToDictionary(source => source.Key, source => Counts(source, settings)),
            EqualPrompts = done.Count(prompt => prompt.Rounds.EqualsPlain),
        };
        var timing = Timing(done);
        File.WriteAllText(output.Rounds, string.Concat(done.Select(prompt => JsonSerializer.Serialize(prompt.Rounds, OneLine) + "\n")));
        ArtifactJson.Write(output.Timing, timing);
        ArtifactJson.Write(output.Summary, summary);
        context.Report(new Measured("acceptanceLength", summary.All.AcceptanceLength));
        context.Report(new Measured("speedup", timing.Speedup));
    }
}
