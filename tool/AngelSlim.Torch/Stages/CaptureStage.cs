using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Stages;

/// <summary>Runs the target once over all rows and keeps its hidden states, so that training does not need the target.</summary>
internal sealed class CaptureStage(TensorRuntime runtime) : TensorStage<CaptureSettings, CaptureInputs, Features>("capture", version: 1, runtime)
{
    /// <inheritdoc/>
    protected override Needs NeedsOf(CaptureSettings settings, CaptureInputs inputs) => new(MemoryEstimate.Target(inputs.Target, settings.Dtype) + MemoryEstimate.Rest);

    /// <inheritdoc/>
    protected override void Compute(CaptureSettings settings, CaptureInputs inputs, StageContext context)
    {
        var families = TargetCatalog.For(inputs.Target);
        var config = TargetConfigReader.Read(inputs.Target.Folder, families);
        var layers = TargetModel.HiddenLayers(settings.HiddenLayers, config.Layers);
        var type = ElementType.Of(settings.Dtype);
        var bytesPerToken = FeatureShard.BytesPerToken(layers.Count + 1, config.Width, type);
        var parts = new[] { ("train", inputs.Rows.Train), ("heldout", inputs.Rows.Heldout) }
            .Select(part => Part.Plan(part.Item1, part.Item2, config.Vocabulary, bytesPerToken))
            .ToList();
        SayAndCheckSpace(parts, bytesPerToken, context);

        using var target = TargetModel.Load(inputs.Target.Folder, type.Scalar, CPU, families);
        var progress = new Progress(context, parts.Sum(part => part.Rows));
        foreach (var part in parts)
        {
            Capture(part, row => FeatureRow.Of(target, layers, row), progress);
        }

        new FeatureDescription
        {
            Layers = layers,
            Width = config.Width,
            Dtype = settings.Dtype,
            Train = parts[0].Described,
            Heldout = parts[1].Described,
        }.Write(context.Output);
    }

    /// <summary>Says what it will write, and stops before it begins if that does not fit.</summary>
    private static void SayAndCheckSpace(IReadOnlyList<Part> parts, long bytesPerToken, StageContext context)
    {
        var tokens = parts.Sum(part => part.Tokens);
        var left = parts.Sum(part => part.TokensLeft(context)) * bytesPerToken;
        context.Report(new Said(string.Create(
            CultureInfo.InvariantCulture,
            $"{tokens} tokens at {bytesPerToken} bytes, {tokens * bytesPerToken / 1e6:f1} MB; {left / 1e6:f1} MB still to write.")));
        DiskSpace.Require(context.Output, left, new DriveInfo(context.Output).AvailableFreeSpace);
    }

    private static void Capture(Part part, Func<TokenRow, FeatureRow> features, Progress progress)
    {
        using var rows = TokenRowFile.Read(part.File, part.Vocabulary).GetEnumerator();
        foreach (var shard in part.Shards)
        {
            if (IsDone(shard, progress.Context))
            {
                progress.Skip(Take(rows, shard.Lengths.Count).Count());
                continue;
            }

            shard.Write(progress.Context.Output, Take(rows, shard.Lengths.Count), row =>
            {
                var filled = features(row);
                progress.Step();
                return filled;
            });
            if (!progress.Context.Journal.Items.Contains(shard.File))
            {
                progress.Context.Journal.Add(shard.File);
            }
        }
    }

    /// <summary>The journal may outlive a file; what is not there or not whole is captured again.</summary>
    private static bool IsDone(FeatureShard shard, StageContext context) =>
        context.Journal.Items.Contains(shard.File) && shard.IsWholeIn(context.Output);

    private static IEnumerable<TokenRow> Take(IEnumerator<TokenRow> rows, int count)
    {
        for (; count > 0 && rows.MoveNext(); count--)
        {
            yield return rows.Current;
        }
    }

    /// <summary>The rows of one token file and the shards that they become.</summary>
    private sealed record Part(string File, int Vocabulary, IReadOnlyList<FeatureShard> Shards)
    {
        public int Rows => Shards.Sum(shard => shard.Lengths.Count);

        public long Tokens => Shards.Sum(TokensOf);

        public FeaturePart Described => new(Rows, Tokens, [.. Shards.Select(shard => shard.File)]);

        public static Part Plan(string name, string file, int vocabulary, long bytesPerToken) =>
            new(file, vocabulary, FeatureShard.Cut(name, [.. TokenRowFile.Read(file, vocabulary).Select(row => row.Ids.Length)], bytesPerToken));

        public long TokensLeft(StageContext context) => Shards.Where(shard => !IsDone(shard, context)).Sum(TokensOf);

        private static long TokensOf(FeatureShard shard) => shard.Lengths.Sum(length => (long)length);
    }

    /// <summary>Counts rows, and stops between two of them when the user wants to.</summary>
    private sealed class Progress(StageContext context, int total)
    {
        private int _done;

        public StageContext Context => context;

        public void Skip(int rows) => _done += rows;

        public void Step()
        {
            context.Report(new Progressed(++_done, total, "rows"));
            context.Cancellation.ThrowIfCancellationRequested();
        }
    }
}
