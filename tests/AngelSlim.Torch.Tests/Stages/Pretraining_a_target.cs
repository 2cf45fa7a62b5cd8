using System.Text.Json;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Stages;
using AngelSlim.Torch.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

/// <summary>Runs the stage once, small, and looks at what came out.</summary>
public sealed class Pretraining_a_target : IClassFixture<Pretraining_a_target.Runs>
{
    private static readonly PretrainSettings Small = new()
    {
        Layers = 4,
        HiddenSize = 32,
        IntermediateSize = 48,
        Heads = 2,
        KeyHeads = 1,
        HeadSize = 16,
        Vocabulary = 400,
        Steps = 40,
        Conversations = 12,
        Prompts = 5,
        MaxNewTokens = 12,
        CheckpointEvery = 7,
    };

    private readonly Runs _runs;

    public Pretraining_a_target(Runs runs) => _runs = runs;

    [Fact]
    public void Lowers_the_loss()
    {
        var losses = _runs.Whole.Events.OfType<Measured>().Where(measured => measured.Name == "loss").Select(measured => measured.Value).ToArray();

        Assert.Equal(Small.Steps, losses.Length);

        // Before the first step the loss is that of guessing among 400 words: ln 400 = 5.99.
        Assert.InRange(losses[0], 5.8, 6.4);
        Assert.True(losses[^5..].Average() < losses[0] - 0.3, $"{losses[0]} to {losses[^5..].Average()}");
    }

    [Fact]
    public void Gives_the_same_bytes_again() => Assert.Equal(_runs.Whole.Files(), _runs.Again.Files());

    [Fact]
    public void Goes_on_after_an_interruption_to_the_same_bytes()
    {
        using var folder = new RunFolder();
        Assert.Throws<OperationCanceledException>(() => folder.Run(Small, stopAtStep: 23));
        Assert.False(File.Exists(Path.Combine(folder.Output, "model.safetensors")));
        folder.Run(Small);

        Assert.Equal(_runs.Whole.Files(), folder.Files());
        Assert.Equal(23, folder.Events.OfType<Measured>().Where(measured => measured.Name == "loss").Skip(23).First().Step - 1);
    }

    [Fact]
    public void Goes_on_from_the_last_checkpoint_after_a_kill()
    {
        using var folder = new RunFolder();
        Assert.Throws<InvalidTimeZoneException>(() => folder.Run(Small, killAtStep: 25));
        folder.Run(Small);

        Assert.Equal(_runs.Whole.Files(), folder.Files());

        // Checkpoints are written every 7 steps, so the second attempt begins with step 22.
        Assert.Equal(22, folder.Events.OfType<Measured>().Where(measured => measured.Name == "loss").Skip(25).First().Step);
    }

    [Fact]
    public void Makes_a_folder_that_loads_as_any_other_target()
    {
        using var target = TargetModel.Load(_runs.Whole.Output, bfloat16, CPU);
        var tokenizer = Tokenizer.Load(_runs.Whole.Output);

        Assert.Equal(400, tokenizer.VocabularySize);
        Assert.Equal(400, target.Config.Vocabulary);
        Assert.Equal([tokenizer.IdOf("<|im_end|>")!.Value, tokenizer.IdOf("<|endoftext|>")!.Value], target.Config.EndIds);
        Assert.Equal(bfloat16, target.Embedding_VD.dtype);
    }

    [Fact]
    public void Lets_the_target_answer_and_keeps_its_tokens()
    {
        var tokenizer = Tokenizer.Load(_runs.Whole.Output);
        var rows = Lines("train.jsonl");

        Assert.Equal(Small.Conversations, rows.Length);
        Assert.Equal(Small.Conversations, rows.Select(row => row.GetProperty("id").GetString()).Distinct().Count());
        foreach (var row in rows)
        {
            var messages = row.GetProperty("messages").EnumerateArray().ToArray();
            var turns = row.GetProperty("turns").EnumerateArray().ToArray();
            Assert.Equal(messages.Length, 2 * turns.Length);
            for (var turn = 0; turn < turns.Length; turn++)
            {
                var ids = turns[turn].GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
                Assert.InRange(ids.Length, 1, Small.MaxNewTokens);
                Assert.Equal(tokenizer.Decode(ids, skipSpecial: true), messages[(2 * turn) + 1].GetProperty("content").GetString());
            }
        }
    }

    [Fact]
    public void Puts_prompts_aside_that_no_training_conversation_asks()
    {
        var asked = Lines("train.jsonl").SelectMany(row => row.GetProperty("messages").EnumerateArray()).Select(message => message.GetProperty("content").GetString()).ToHashSet();
        var prompts = Lines("prompts.jsonl");

        Assert.Equal([1, 2, 3, 4, 5], prompts.Select(prompt => prompt.GetProperty("question_id").GetInt32()));
        var questions = prompts.Select(prompt => prompt.GetProperty("turns")[0].GetString()).ToArray();
        Assert.Equal(questions.Length, questions.Distinct().Count());
        Assert.DoesNotContain(questions, asked.Contains);
    }

    private JsonElement[] Lines(string file) =>
        [.. File.ReadLines(Path.Combine(_runs.Whole.Output, file)).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Two whole runs of the same settings.</summary>
    public sealed class Runs : IDisposable
    {
        public Runs()
        {
            Whole.Run(Small);
            Again.Run(Small);
        }

        internal RunFolder Whole { get; } = new();

        internal RunFolder Again { get; } = new();

        public void Dispose()
        {
            Whole.Dispose();
            Again.Dispose();
        }
    }

    /// <summary>A step's folders, kept from attempt to attempt.</summary>
    internal sealed class RunFolder : IDisposable
    {
        private readonly string _root = Directory.CreateTempSubdirectory("pretrain-").FullName;

        public string Output => Path.Combine(_root, "output");

        public List<RunEvent> Events { get; } = [];

        public void Run(PretrainSettings settings, int stopAtStep = 0, int killAtStep = 0)
        {
            Directory.CreateDirectory(Output);
            var scratch = Directory.CreateDirectory(Path.Combine(_root, "scratch")).FullName;
            using var stop = new CancellationTokenSource();
            using var journal = Journal.Open(Path.Combine(_root, "journal"));
            IStage stage = new PretrainStage(new TensorRuntime("", Threads: 1));
            stage.Run(settings, new PretrainInputs(), new StageContext(Output, scratch, journal, Take, stop.Token));

            void Take(RunEvent happened)
            {
                Events.Add(happened);
                var step = happened is Measured { Name: "loss" } measured ? measured.Step : null;
                if (step == killAtStep)
                {
                    // Something that no code catches, at a moment when no checkpoint was just written.
                    throw new InvalidTimeZoneException("killed");
                }

                if (step == stopAtStep)
                {
                    stop.Cancel();
                }
            }
        }

        public IReadOnlyList<string> Files() =>
        [
            .. Directory.EnumerateFiles(Output).Order(StringComparer.Ordinal)
                .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
        ];

        public void Dispose() => Directory.Delete(_root, recursive: true);
    }
}
