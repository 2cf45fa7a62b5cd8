using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>The same rows in the same order under other settings: what does a choice bring?</summary>
internal static class Ablation
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
    };

    private const int LongestHeldout = 384;

    private sealed record Settings(DraftSettings Draft, TrainingSettings Training);

    public static int Run(Options options)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        var settings = Read(options.All("set"));
        var output = Directory.CreateDirectory(options["out"]).FullName;
        File.WriteAllText(Path.Combine(output, "settings.json"), JsonSerializer.Serialize(settings, Json));
        var anchor = new Anchor(options["golden"]);
        using var target = TargetModel.Load(options["model"], ScalarType.Float32, CPU);
        using var draft = Draft(settings, anchor, target, options.Find("initial"));
        CapturedRows Rows(IReadOnlyList<TokenRow> rows) => CapturedRows.Of(rows, target, options["model"], draft.Config.HiddenLayers, options["cache"]);

        // Steps of several rows take them in the same order; behind its end it begins again.
        var (order, size) = (anchor.Order, settings.Training.BatchRows);
        var task = new TrainingTask(
            draft,
            target.Head_VD,
            Rows(anchor.Rows()),
            step => [.. Enumerable.Range(step * size, size).Select(place => order[place % order.Count])],
            settings.Training.Steps ?? order.Count)
        {
            Scratch = output,
            Heldout = options.Find("heldout") is { } heldout ? Rows(Conversations(heldout, options["model"])) : null,
        };
        using (var trainer = new Trainer(task, settings.Training))
        {
            Train(trainer, settings.Training, output, options.Number("stop-after") ?? trainer.Steps);
        }

        Save(draft, output);
        return 0;
    }

    private static Settings Read(IReadOnlyList<string> assignments)
    {
        var root = new JsonObject { ["draft"] = new JsonObject(), ["training"] = new JsonObject() };
        foreach (var assignment in assignments)
        {
            if (assignment.Split('=', 2) is not [var path, var value] || path.Split('.') is not [var section, var name] || root[section] is not JsonObject member)
            {
                throw new UserException(ProblemCode.Usage, $"--set should be draft.NAME=VALUE or training.NAME=VALUE, not '{assignment}'.");
            }

            member[name] = value is "true" or "false" or ['[', ..] || double.TryParse(value, CultureInfo.InvariantCulture, out _) ? JsonNode.Parse(value) : value;
        }

        try
        {
            return root.Deserialize<Settings>(Json)!;
        }
        catch (JsonException e)
        {
            throw new UserException(ProblemCode.Usage, e.Message);
        }
    }

    private static Eagle3Draft Draft(Settings settings, Anchor anchor, TargetModel target, string? initial)
    {
        var vocabulary = anchor.Vocabulary(target.Config.Vocabulary);
        var config = DraftConfig.For(settings.Draft, settings.Training.Compatibility, target.Config, vocabulary.Count);
        var weights = initial is "golden"
            ? anchor.InitialWeights(config)
            : FirstWeights.Draw(config, settings.Draft.InitialDeviation, settings.Training.Seed);
        return FirstWeights.Draft(settings.Draft, config, weights, vocabulary, TargetEnds.Of(target));
    }

    private static void Train(Trainer trainer, TrainingSettings settings, string output, int steps)
    {
        var (start, tokens) = (Process.GetCurrentProcess().TotalProcessorTime, 0L);
        using var curve = TrainingCurve.Open(output, settings.Unroll, settings.StepDecay, taken: 0);
        while (trainer.Taken < steps)
        {
            var report = trainer.Next();
            curve.Add(report);
            tokens += report.Tokens;
            if (report.Step % settings.EvaluateEvery == 0 || report.Step == steps)
            {
                start += Judge(trainer);
            }

            if (report.Step % 10 == 0 || report.Step == steps)
            {
                var spent = Process.GetCurrentProcess().TotalProcessorTime - start;
                var first = report.Figures.Steps[0];
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.Step,4}  loss {report.Loss:F4}  per counted row {first.Sum / Math.Max(1, first.Counted):F4}  accuracy {first.Accuracy:F3}  {spent.TotalMilliseconds / tokens:F3} ms of processor per token"));
            }
        }

        Console.WriteLine($"peak memory {Replay.PeakMegabytes()} MB");
    }

    /// <summary>Says what the held-out rows say.</summary>
    /// <returns>The processor time that it took: no part of the training.</returns>
    private static TimeSpan Judge(Trainer trainer)
    {
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var figures = trainer.Evaluate(CancellationToken.None);
        var (first, length) = (figures.Steps[0], 1.0);
        if (first.Gated > 0)
        {
            var lengths = figures.Steps.Select(step => length += (double)step.PrefixCorrect / first.Gated);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{trainer.Taken,4}  held out: nats per counted row {first.Sum / Math.Max(1, first.Counted):F4}  acceptance length for k = 1, 2, …  {string.Join(' ', lengths.Select(each => each.ToString("F4", CultureInfo.InvariantCulture)))}"));
        }

        return Process.GetCurrentProcess().TotalProcessorTime - before;
    }

    private static List<TokenRow> Conversations(string path, string model)
    {
        var tokens = ConversationTokens.Load(model, TimeProvider.System);
        return [.. JsonLines.Read(path).Select(ConversationReader.Read).Select((conversation, i) => tokens.Tokenize(conversation, $"{i}").Cut(LongestHeldout))];
    }

    /// <summary>A folder that can be decoded with: config and weights with the draft's words.</summary>
    private static void Save(Eagle3Draft draft, string output)
    {
        using var scope = NewDisposeScope();
        DraftConfigFile.Write(Path.Combine(output, "config.json"), draft.Config);
        SafetensorsWriter.Write(
            Path.Combine(output, "model.safetensors"),
            new Dictionary<string, Tensor>(draft.Weights) { ["d2t"] = draft.Vocabulary.Offsets(), ["t2d"] = draft.Vocabulary.Membership() });
    }
}
