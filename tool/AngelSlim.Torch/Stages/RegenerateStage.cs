using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Stages.Regeneration;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Stages;

/// <summary>Writes the answers of conversations anew with the target itself.</summary>
/// <remarks>
/// Rows are answered in groups of fixed members, which are kept or redone as a whole: what is rounded how depends on what
/// is computed beside a text, and after a kill a text has to have the same beside it.
/// </remarks>
/// <param name="runtime">Where libtorch lies and how many threads it gets.</param>
/// <param name="clock">Tells how fast it goes.</param>
internal sealed class RegenerateStage(TensorRuntime runtime, TimeProvider clock) : TensorStage<RegenerateSettings, RegenerateInputs, Conversations>("regenerate", version: 2, runtime)
{
    // Where a text ends the next of its group begins: the more there are, the less of the batch idles at the group's end, and the more a kill costs.
    private const int BatchesInGroup = 4;

    /// <inheritdoc/>
    protected override Needs NeedsOf(RegenerateSettings settings, RegenerateInputs inputs) => new(
        MemoryEstimate.Target(inputs.Target, settings.Dtype) + MemoryEstimate.Texts(inputs.Target, settings.Dtype, settings.PromptsAtOnce, settings.MaxNewTokens, judged: 1) + MemoryEstimate.Rest);

    /// <inheritdoc/>
    protected override void Compute(RegenerateSettings settings, RegenerateInputs inputs, StageContext context)
    {
        using var book = new RowBook(inputs, settings.OnBadRow, context, clock);
        if (book.Done < book.Total)
        {
            using var target = TargetModel.Load(inputs.Target.Folder, ElementType.Of(settings.Dtype).Scalar, CPU, TargetCatalog.For(inputs.Target));
            var writer = new Writer(settings, target, TargetText.Load(inputs.Target.Folder), book);
            foreach (var group in book.Rows().Chunk(settings.PromptsAtOnce * BatchesInGroup).Where(group => !group.All(book.Has)))
            {
                writer.Answer(group, context.Cancellation);
            }
        }

        book.Finish();
    }

    private sealed class Writer(RegenerateSettings settings, TargetModel target, TargetText files, RowBook book)
    {
        private readonly Decoder _decoder = new(
            target,
            sampling: settings.Sampling is { } asked ? new Sampling { Temperature = asked.Temperature, TopK = asked.TopK, TopP = asked.TopP } : null,
            seed: settings.Sampling?.Seed ?? 0);

        private readonly DecodeLimits _limits = new(settings.MaxNewTokens, files.Stops.Select(id => (long)id).ToHashSet())
        {
            Text = new TextRules(files.Tokenizer, []),
        };

        public void Answer(IEnumerable<AskedRow> group, CancellationToken cancellation)
        {
            var rows = group.Select(row => new OpenRow(row)).ToList();
            while (rows.Exists(row => !row.IsDone))
            {
                // A row that is left out drops out of the group here.
                rows = [.. rows.Where(row => row.IsDone || book.Find(() => Fitted(row)) is not null)];
                var open = rows.Where(row => !row.IsDone).ToList();
                var texts = _decoder.Decode([.. open.Select(Prompt)], _limits, settings.PromptsAtOnce, cancellation);
                foreach (var (row, text) in open.Zip(texts))
                {
                    row.Take(new Answer(text.Text!, IsCut: !_limits.EndTokens.Contains(text.Tokens[^1]))
                    {
                        Tokens = [.. text.Tokens.Select(token => (int)token)],
                        NewTokens = text.Tokens.Count,
                    });
                }
            }

            rows.ForEach(book.Add);
        }

        /// <summary>The row, its next question within the target's positions; else the row ends before it.</summary>
        /// <exception cref="DataException">It is the first question that has no room.</exception>
        private OpenRow Fitted(OpenRow row)
        {
            var (prompt, place) = (files.Prompt(row), row.Row.Source.Place);
            if (prompt.Length is 0 || prompt.Max() >= target.Config.Vocabulary)
            {
                throw BadRow.At(place, prompt.Length is 0
                    ? "the target's chat template makes no token of it"
                    : $"token {prompt.Max()} is not among the target's {target.Config.Vocabulary} words: its tokenizer.json and its weights are of two models");
            }

            if (prompt.Length < target.Config.MaxPositions)
            {
                return row;
            }

            if (row.Answers.Count is 0)
            {
                throw BadRow.At(place, $"the question has {prompt.Length} tokens, and the target {target.Config.MaxPositions} positions: there is no room for an answer");
            }

            row.Shorten();
            return row;
        }

        private DecodePrompt Prompt(OpenRow row)
        {
            var tokens = files.Prompt(row);
            return new([.. tokens.Select(token => (long)token)], $"{row.Row.KeyText}/{row.Answers.Count}") { MostNewTokens = target.Config.MaxPositions - tokens.Length };
        }
    }
}
