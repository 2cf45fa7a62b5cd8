using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Stages;

public sealed class A_report
{
    [Fact]
    public void Says_what_was_trained_and_what_came_out() => Golden.Matches("report.md", Made(equal: 3));

    [Fact]
    public void Compares_no_texts_when_words_were_drawn()
    {
        var report = Made(equal: null);
        Assert.Contains("| drawn |", report, StringComparison.Ordinal);
        Assert.Contains("two draws from the target's distribution", report, StringComparison.Ordinal);
        Assert.DoesNotContain("greedy", report, StringComparison.Ordinal);
    }

    private static string Made(int? equal)
    {
        var root = Directory.CreateTempSubdirectory().FullName;
        string Folder(string name) => Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        var rows = new TokenRows(Folder("rows"));
        using (var file = File.Create(rows.Train))
        {
            TokenRowFile.Write(file, new TokenRow("a", [1, 2, 3, 4], [false, false, true, true]));
        }

        var words = new DraftWords(Folder("words"));
        new DraftWordList([1, 3, 4], 0.975, 10).Write(words.File);
        var draft = new TrainedDraft(Folder("draft"));
        File.WriteAllText(draft.Curve, "step,rows,tokens,masked,loss,gradient_norm,rate,loss_0,accuracy_0,counted_0\n1,1,4,2,5.5,1,0.1,5.5,0,2\n2,1,4,2,4.5,1,0.1,4.5,0.5,2\n");
        File.WriteAllText(draft.Heldout, "step,loss,acceptance_length,accuracy_0\n2,4.75,1.25,0.25\n");
        var export = new ExportedDraft(Folder("export"));
        Directory.CreateDirectory(export.Launch);
        File.WriteAllText(Path.Combine(export.Launch, "vllm.sh"), "vllm serve some/target\n");
        var evaluations = new[] { 4, 2 }.Select(k => Evaluated(new Evaluation(Folder($"evaluate-k{k}")), k, equal)).ToArray();

        IStage stage = new ReportStage();
        var output = Folder("report");
        using var journal = Journal.Open(Path.Combine(root, "journal"));
        stage.Run(
            new ReportSettings { Experiment = new JsonObject { ["name"] = "a|b" } },
            new ReportInputs(rows, words, draft, export, evaluations),
            new StageContext(output, Folder("scratch"), journal, _ => { }, default));

        Assert.Contains("<svg", File.ReadAllText(Path.Combine(output, "loss.svg")), StringComparison.Ordinal);
        return File.ReadAllText(new Report(output).Markdown);
    }

    private static Evaluation Evaluated(Evaluation evaluation, int k, int? equal)
    {
        var counts = new AcceptanceCounts { Prompts = 3, NewTokens = 90, Rounds = 40, AcceptedByPosition = [.. Enumerable.Range(0, k).Select(i => 24L >> i)] };
        ArtifactJson.Write(evaluation.Summary, new EvaluationSummary
        {
            SpeculativeTokens = k,
            All = counts,
            Sources = new Dictionary<string, AcceptanceCounts> { ["gsm8k"] = counts, ["alpaca"] = counts },
            EqualPrompts = equal,
            Chains = equal is null ? null : [.. Enumerable.Range(1, k).Select(tokens => counts with { Rounds = 80 / (tokens + 1), AcceptedByPosition = counts.AcceptedByPosition.Take(tokens).ToArray() })],
            AgreeingPrompts = equal,
        });
        ArtifactJson.Write(evaluation.Timing, new EvaluationTiming { PlainSeconds = 3, SpeculativeSeconds = 2, PlainNewTokens = 90, NewTokens = 90, Threads = 2, SpeedupInterval = equal is null ? null : new(1.25, 1.75) });
        return evaluation;
    }
}
