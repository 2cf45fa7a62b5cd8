using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Pretraining;
using AngelSlim.Torch.Stages;
using AngelSlim.Torch.Tests.Targets;
using Xunit;

namespace AngelSlim.Torch.Tests.Stages;

/// <summary>From a tiny random target to the evaluation of its draft, for each line of the catalogue: what a real target of the family will go through.</summary>
public sealed class The_whole_graph : IDisposable
{
    private const int Prompts = 3;
    private const int EndToken = 60;
    private static readonly TensorRuntime Runtime = new("", Threads: 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("graph-").FullName;

    public static TheoryData<string> Families => TinyTarget.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void Ends_with_a_draft_whose_text_is_the_target_s_own(string family)
    {
        var target = new TargetFolder(New("target")) { Assembly = family is ExampleFamily.ModelType ? ExampleFamily.Assembly : null };
        RandomTarget.Write(target.Folder, TinyTarget.Family(family), TinyTarget.Words, seed: 2);
        File.WriteAllText(Path.Combine(target.Folder, "generation_config.json"), $$"""{"eos_token_id":{{EndToken}}}""");
        var rows = Rows();
        var words = new DraftWords(rows.Folder);
        new DraftWordList([.. Enumerable.Range(0, TinyTarget.Words)], 1, TinyTarget.Words).Write(words.File);

        var features = new Features(Run(new CaptureStage(Runtime), new CaptureSettings { Dtype = Dtype.Float32, HiddenLayers = null }, new CaptureInputs(target, rows)));
        var training = new TrainSettings { Dtype = Dtype.Float32, Draft = new(), Training = new() { Steps = 3, Unroll = 2, BatchRows = 2 } };
        var trained = new TrainedDraft(Run(new TrainStage(Runtime), training, new TrainInputs(target, rows, words, features)));
        var export = new ExportedDraft(Run(
            new ExportStage(Runtime),
            new ExportSettings { Dtype = Dtype.Float32, TargetName = family, TargetHubId = null, SpeculativeTokens = 2, Speculators = true },
            new ExportInputs(target, words, trained)));
        var evaluation = new Evaluation(Run(
            new EvaluateStage(Runtime),
            new EvaluateSettings { SpeculativeTokens = 2, PromptLabels = [], PromptsPerFile = 8, MaxNewTokens = 24, Dtype = Dtype.Float32 },
            new EvaluateInputs(target, export, rows, [])));

        var summary = ArtifactJson.Read<EvaluationSummary>(evaluation.Summary);
        Assert.Equal((Prompts, Prompts), (summary.All.Prompts, summary.EqualPrompts));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string New(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    private string Run(IStage stage, object settings, object inputs)
    {
        using var journal = Journal.Open(Path.Combine(_folder, stage.Name + ".journal"));
        var output = New(stage.Name);
        stage.Run(settings, inputs, new StageContext(output, New(stage.Name + "-scratch"), journal, _ => { }, default));
        return output;
    }

    /// <summary>Random text, the second half of each row an answer.</summary>
    private TokenRows Rows()
    {
        var (rows, random) = (new TokenRows(New("rows")), new Random(8));
        foreach (var (path, count) in new[] { (rows.Train, 6), (rows.Heldout, Prompts) })
        {
            using var file = File.Create(path);
            for (var row = 0; row < count; row++)
            {
                var length = random.Next(8, 24);
                TokenRowFile.Write(file, new TokenRow(
                    $"row {row}", [.. Enumerable.Range(0, length).Select(_ => random.Next(EndToken))], [.. Enumerable.Range(0, length).Select(token => token >= length / 2)]));
            }
        }

        return rows;
    }
}
