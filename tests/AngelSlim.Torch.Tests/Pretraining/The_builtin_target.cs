using System.Text.Json;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Pretraining;
using AngelSlim.Torch.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Pretraining;

/// <summary>The folder that is shipped, and not what the code would make today.</summary>
public sealed class The_builtin_target
{
    private static readonly string Folder = Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text");

    [Fact]
    public void Takes_at_most_eight_megabytes() =>
        Assert.InRange(new DirectoryInfo(Folder).EnumerateFiles().Sum(file => file.Length), 1, 8_000_000);

    [Fact]
    public void Says_in_its_card_what_the_defaults_make_today() =>
        Assert.Equal(
            new TargetCard(new PretrainSettings(), Vocabulary: 1024, Parameters: 2_349_952, Loss: 0.113).Text,
            File.ReadAllText(Path.Combine(Folder, "README.md")));

    [Fact]
    public void Answers_prompts_that_it_never_saw_sensibly()
    {
        var questions = Prompts().Where(turns => turns.Length is 1).Select(turns => turns[0]).Take(8).ToArray();
        var answers = Answer(questions);

        Golden.Matches("tiny-text-answers.txt", string.Concat(questions.Zip(answers, (question, answer) => $"> {question}\n{answer}\n\n")));
    }

    [Fact]
    public void Wrote_the_answers_that_are_shipped_with_it()
    {
        var tokenizer = Tokenizer.Load(Folder);
        var first = File.ReadLines(Path.Combine(Folder, "train.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Take(12).ToArray();
        var asked = first.Select(row => row.GetProperty("messages")[0].GetProperty("content").GetString()!).ToArray();
        var shipped = first.Select(row => row.GetProperty("turns")[0].GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt32()).ToArray());

        Assert.Equal(shipped.Select(ids => tokenizer.Decode(ids, skipSpecial: true)), Answer(asked));
    }

    private static IEnumerable<string[]> Prompts() => File.ReadLines(Path.Combine(Folder, "prompts.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("turns").EnumerateArray().Select(turn => turn.GetString()!).ToArray());

    private static string[] Answer(string[] questions)
    {
        using var scope = NewDisposeScope();
        using var target = TargetModel.Load(Folder, float32, CPU);
        var tokenizer = Tokenizer.Load(Folder);
        var encoder = new RowEncoder(tokenizer);
        var answers = new GreedyAnswers(target, maxNewTokens: 160)
            .Answer([.. questions.Select(question => encoder.Question(question, first: true))], CancellationToken.None);
        return [.. answers.Select(answer => tokenizer.Decode(answer, skipSpecial: true))];
    }
}
