using System.Security.Cryptography;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Stages;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

public sealed class An_evaluate_stage : IDisposable
{
    private const int Tokens = 3;
    private const int Prompts = 4;
    private static readonly EvaluateSettings Settings = new() { SpeculativeTokens = Tokens, PromptLabels = [], PromptsPerFile = 80, MaxNewTokens = 64, Dtype = Dtype.Float32 };
    private readonly string _folder = Directory.CreateTempSubdirectory("evaluate-").FullName;
    private readonly List<RunEvent> _events = [];

    public An_evaluate_stage()
    {
        // The goldens were made without an end token; the id that stands here is in none of their texts.
        Directory.CreateDirectory(At("target"));
        var config = File.ReadAllText(Golden.Own("eagle3", "decode", "target", "config.json"));
        File.WriteAllText(At("target", "config.json"), config.Replace("\"eos_token_id\": 2", $"\"eos_token_id\": {UnusedId()}", StringComparison.Ordinal));
        File.Copy(Golden.Own("eagle3", "decode", "target", "model.safetensors"), At("target", "model.safetensors"));
        MakeRows();
        MakeExport();
    }

    [Fact]
    public void Counts_what_the_reference_counts()
    {
        var found = Run("a");
        var summary = ArtifactJson.Read<EvaluationSummary>(found.Summary);
        var accepted = Enumerable.Range(0, Prompts).SelectMany(p => Ids($"p{p}.k{Tokens}.accepted")).ToList();

        Assert.Equal((Prompts, 64 * Prompts), (summary.All.Prompts, summary.All.NewTokens));
        Assert.Equal(accepted.Count, summary.All.Rounds);
        Assert.Equal(accepted.Sum(), summary.All.AcceptedByPosition.Sum());
        Assert.Equal(1.454023, summary.All.AcceptanceLength, 1e-6); // golden/eagle3/decode, k = 3
        Assert.Equal((Prompts, Prompts), (summary.EqualPrompts, summary.AgreeingPrompts));
        Assert.Equal(summary.All.AcceptedByPosition, summary.Chains![^1].AcceptedByPosition);
        Assert.Equal(["heldout"], summary.Sources.Keys);
        Assert.Equal(Prompts, File.ReadLines(found.Rounds).Count());
        var timing = ArtifactJson.Read<EvaluationTiming>(found.Timing);
        Assert.Equal(64 * Prompts, timing.NewTokens);
        Assert.True(timing.SpeedupInterval!.Lower <= timing.Speedup && timing.Speedup <= timing.SpeedupInterval.Upper);

        // All of it is counts and ids, so every machine writes these bytes.
        var bytes = SHA256.HashData([.. File.ReadAllBytes(found.Rounds), .. File.ReadAllBytes(found.Summary)]);
        Assert.Equal("evaluate 3, 44bc45bd0ec6da36", $"evaluate {((IStage)new EvaluateStage(new TensorRuntime("", Threads: 1))).Version}, {Convert.ToHexStringLower(bytes)[..16]}");
    }

    [Fact]
    public void Counts_what_the_reference_counts_of_a_tree()
    {
        var found = Run("a", settings: Settings with { SpeculativeTokens = 8, Tree = new() { Tokens = 8, Depth = 3, TopK = 4 } });
        var summary = ArtifactJson.Read<EvaluationSummary>(found.Summary);
        var accepted = Enumerable.Range(0, Prompts).SelectMany(p => Ids($"p{p}.tree-levels3-size8.accepted")).ToList();

        Assert.Equal(accepted.Count, summary.All.Rounds);
        Assert.Equal([accepted.Count(one => one > 0), accepted.Count(one => one > 1), accepted.Count(one => one > 2)], summary.All.AcceptedByPosition);
        Assert.Equal((Prompts, "tree"), (summary.EqualPrompts, summary.Label));
    }

    /// <summary>The reference decoded with each length of chain; we decode with the longest and walk along the text for the rest.</summary>
    [Fact]
    public void Counts_what_the_reference_counts_of_every_shorter_chain()
    {
        var summary = ArtifactJson.Read<EvaluationSummary>(Run("a", settings: Settings with { SpeculativeTokens = 7 }).Summary);
        Assert.Equal((7, Prompts), (summary.Chains!.Count, summary.AgreeingPrompts));
        foreach (var k in new[] { 1, 2, 3, 4, 5 })
        {
            var accepted = Enumerable.Range(0, Prompts).SelectMany(p => Ids($"p{p}.k{k}.accepted")).ToList();
            Assert.Equal((accepted.Count, accepted.Sum()), (summary.Chains[k - 1].Rounds, summary.Chains[k - 1].AcceptedByPosition.Sum()));
        }
    }

    [Fact]
    public void Counts_the_same_with_several_prompts_at_once()
    {
        var (alone, together) = (Run("a"), Run("b", settings: Settings with { PromptsAtOnce = 3 }));
        Assert.Equal(File.ReadAllText(alone.Rounds), File.ReadAllText(together.Rounds));
        Assert.Equal(File.ReadAllText(alone.Summary), File.ReadAllText(together.Summary));
    }

    [Fact]
    public void Ends_answers_before_a_stop_string()
    {
        File.Copy(Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text", "tokenizer.json"), At("target", "tokenizer.json"));
        var text = Ids("p0.plain").Take(64).ToArray();
        var stop = Tokenizer.Load(At("target")).TokenOf((int)text[20]);
        var found = Run("a", settings: Settings with { Stop = [stop] });

        var tokens = text.TakeWhile(id => id != text[20]).Append(text[20]).ToArray();
        Assert.InRange(tokens.Length, 1, 21);
        Assert.Contains($"\"tokens\":[{string.Join(',', tokens)}]", File.ReadLines(found.Rounds).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compares_no_texts_when_words_are_drawn_and_draws_the_same_again()
    {
        var settings = Settings with { Sampling = new() { Temperature = 1, TopK = null, TopP = 1, Seed = 5, Drafting = Drafting.Sampled } };
        var (found, again) = (Run("a", settings: settings), Run("b", settings: settings));
        var summary = ArtifactJson.Read<EvaluationSummary>(found.Summary);
        var timing = ArtifactJson.Read<EvaluationTiming>(found.Timing);

        Assert.Null(summary.EqualPrompts);
        Assert.DoesNotContain("\"equalsPlain\":true", File.ReadAllText(found.Rounds), StringComparison.Ordinal);
        Assert.Equal((64 * Prompts, 64 * Prompts), (timing.PlainNewTokens, timing.NewTokens));
        Assert.Equal(File.ReadAllText(found.Rounds), File.ReadAllText(again.Rounds));
        Assert.NotEqual(File.ReadAllText(found.Rounds), File.ReadAllText(Run("c", settings: settings with { Sampling = settings.Sampling! with { Seed = 6 } }).Rounds));
        Assert.DoesNotContain(_events, said => said is Said { Warning: true });
    }

    [Fact]
    public void Goes_on_where_it_was_stopped_and_writes_the_same()
    {
        var whole = Run("a");
        using (var stop = new CancellationTokenSource())
        {
            _ = Assert.Throws<OperationCanceledException>(() => Run("b", _ => stop.Cancel(), cancellation: stop.Token));
        }

        _events.Clear();
        var resumed = Run("b");

        Assert.Equal(Prompts - 1, _events.OfType<Progressed>().Count());
        Assert.Equal(File.ReadAllText(whole.Rounds), File.ReadAllText(resumed.Rounds));
        Assert.Equal(File.ReadAllText(whole.Summary), File.ReadAllText(resumed.Summary));
    }

    [Fact]
    public void Refuses_a_draft_that_a_server_would_misread()
    {
        var config = File.ReadAllText(At("export", "config.json"));
        File.WriteAllText(At("export", "config.json"), config.Replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true", StringComparison.Ordinal));

        Assert.Equal(ProblemCode.BadDraft, Assert.Throws<DataException>(() => Run("a")).Problem.Code);
    }

    [Fact]
    public void Refuses_to_run_without_a_prompt()
    {
        File.WriteAllText(new TokenRows(At("rows")).Heldout, "");

        var wrong = Assert.Throws<DataException>(() => Run("a"));
        Assert.Equal(ProblemCode.NoRows, wrong.Problem.Code);
        Assert.Contains("evaluation.prompts", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_prompt_that_leaves_no_room_for_its_answer()
    {
        var wrong = Assert.Throws<DataException>(() => Run("a", settings: Settings with { MaxNewTokens = 250 }));
        Assert.Contains("leave room for 6", wrong.Message, StringComparison.Ordinal);
        Assert.Equal((new TokenRows(At("rows")).Heldout, 4), (wrong.Problem.Place!.Value.File, wrong.Problem.Place.Value.Line));
    }

    [Fact]
    public void Asks_the_first_questions_of_files_through_the_target_s_template()
    {
        var target = Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text");
        var files = new[] { "one", "two" }.Select(name => Directory.CreateDirectory(At(name)).FullName).ToList();
        files.ForEach(folder => File.WriteAllText(Path.Combine(folder, "prompts.jsonl"), """
            {"question_id": 7, "turns": ["first question", "second question"]}
            {"prompt": "another"}
            {"prompt": "one too many"}

            """));
        var inputs = new EvaluateInputs(new TargetFolder(target), new ExportedDraft(""), new TokenRows(""), [.. files.Select(folder => new SourceFile(folder, "prompts.jsonl"))]);
        var found = EvaluationPrompts.Read(Settings with { PromptLabels = ["one", "two"], PromptsPerFile = 2 }, inputs, TargetConfigReader.Read(target));

        Assert.Equal([("one", "7"), ("one", "line-2"), ("two", "7"), ("two", "line-2")], found.Select(prompt => (prompt.Source, prompt.Id)));
        var text = Tokenizer.Load(target).Decode([.. found[0].Tokens.Select(id => (int)id)]);
        Assert.Contains("first question", text, StringComparison.Ordinal);
        Assert.DoesNotContain("second", text, StringComparison.Ordinal);

        var foreign = Assert.Throws<DataException>(() => EvaluationPrompts.Read(Settings with { PromptLabels = ["one", "two"] }, inputs, TargetConfigReader.Read(target) with { Vocabulary = 10 }));
        Assert.Contains("but the target has 10 words", foreign.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Evaluation Run(string name, Action<RunEvent>? report = null, EvaluateSettings? settings = null, CancellationToken cancellation = default)
    {
        var output = Directory.CreateDirectory(At("out-" + name)).FullName;
        using var journal = Journal.Open(At(name + ".journal"));
        ((IStage)new EvaluateStage(new TensorRuntime("", Threads: 1))).Run(
            settings ?? Settings,
            new EvaluateInputs(new TargetFolder(At("target")), new ExportedDraft(At("export")), new TokenRows(At("rows")), []),
            new StageContext(output, _folder, journal, report ?? _events.Add, cancellation));
        return new Evaluation(output);
    }

    private void MakeRows()
    {
        using var file = File.Create(new TokenRows(Directory.CreateDirectory(At("rows")).FullName).Heldout);
        for (var p = 0; p < Prompts; p++)
        {
            int[] ids = [.. Ids($"p{p}.prompt").Select(id => (int)id)];
            TokenRowFile.Write(file, new TokenRow($"p{p}", [.. ids, 1, 1], [.. ids.Select(_ => false), true, true]));
        }

        // A row that begins with an answer asks nothing.
        TokenRowFile.Write(file, new TokenRow("answer", [1, 1], [true, true]));
    }

    private void MakeExport()
    {
        using (var target = TargetModel.Load(At("target"), float32, CPU))
        using (var draft = DraftFolder.Load(Golden.Own("eagle3", "decode", "draft"), target))
        {
            TrainedDraftFile.Write(Directory.CreateDirectory(At("trained")).FullName, draft);
            new DraftWordList([.. draft.Vocabulary.Words.Select(word => (int)word)], Coverage: 1, draft.Vocabulary.TargetCount).Write(new DraftWords(_folder).File);
        }

        using var journal = Journal.Open(At("export.journal"));
        ((IStage)new ExportStage(new TensorRuntime("", Threads: 1))).Run(
            new ExportSettings { Dtype = Dtype.Float32, TargetName = "target", TargetHubId = null, SpeculativeTokens = Tokens, Speculators = false },
            new ExportInputs(new TargetFolder(At("target")), new DraftWords(_folder), new TrainedDraft(At("trained"))),
            new StageContext(Directory.CreateDirectory(At("export")).FullName, _folder, journal, _ => { }, default));
    }

    private static long UnusedId() =>
        Enumerable.Range(0, 80).First(id => Enumerable.Range(0, Prompts).All(p => !Ids($"p{p}.plain").Contains(id)));

    private static long[] Ids(string name)
    {
        using var golden = SafetensorsFile.Open(Golden.Own("eagle3", "decode", "io.safetensors"));
        using var ids = golden.Read(name);
        return ids.data<long>().ToArray();
    }

    private string At(params string[] parts) => Path.Combine([_folder, .. parts]);
}
