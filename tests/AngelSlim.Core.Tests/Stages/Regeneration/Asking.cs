using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Stages.Regeneration;
using AngelSlim.Core.Tests.Hub;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Core.Tests.Text;
using AngelSlim.Core.Text;
using AngelSlim.Core.Web;
using AngelSlim.Testing;

namespace AngelSlim.Core.Tests.Stages.Regeneration;

/// <summary>A server that has the small target, rows, and a work folder that outlives a run.</summary>
internal sealed class Asking : IDisposable
{
    private static readonly ChatTemplate Template = ChatTemplate.Load(TinyTarget.Folder, TemplateClock.Instance);
    private static readonly Tokenizer Tokenizer = TinyTarget.Tokenizer();
    private readonly TemporaryFolder _folder = new();

    public Asking(params IEnumerable<string> rows)
    {
        Train = Rows.File(rows);
        Settings = new()
        {
            Model = FakeVllm.Model,
            MaxNewTokens = 64,
            OnBadRow = OnBadRow.Stop,
            Servers = [Server.Address],
            Concurrency = 4,
            Retries = 3,
            TimeoutSeconds = 60,
        };
        Directory.CreateDirectory(_folder.At("scratch"));
    }

    public FakeVllm Server { get; } = new(Say);

    public ImpatientClock Clock { get; } = new();

    public AskSettings Settings { get; set; }

    public string Train { get; }

    public string? Heldout { get; init; }

    public string? Key { get; set; }

    public ConcurrentQueue<RunEvent> Events { get; } = new();

    public Conversations Result => new(_folder.At("output"));

    public string Journal => Path.Combine(_folder.At("scratch"), "answers");

    public IEnumerable<Said> Said => Events.OfType<Said>();

    /// <summary>The rows of the result.</summary>
    public JsonObject[] Answered => [.. File.ReadLines(Result.Train).Select(line => JsonNode.Parse(line)!.AsObject())];

    public RegenerationSummary Summary => ArtifactJson.Read<RegenerationSummary>(Result.Summary);

    /// <summary>What the model says: its last question, and how many messages it has read.</summary>
    public static FakeSaying Say(JsonObject asked)
    {
        var conversation = ConversationReader.Read(Rows.Line(new JsonObject { ["messages"] = asked["messages"]!.DeepClone() }.ToJsonString()));
        var text = $"Answer {conversation.Messages.Count} to {conversation.Messages[^1].Content}";
        return new(text, [.. Tokenizer.Encode(text).Ids, TinyTarget.StopId], Tokenizer.Encode(Template.RenderPrompt(conversation.Messages, conversation.Arguments)).Ids);
    }

    /// <summary>Questions with old answers.</summary>
    public static IEnumerable<string> Questions(int count) =>
        Enumerable.Range(0, count).Select(number => Rows.Chat($"question {number}", "an old answer").ToJsonString());

    public static string Question(FakeRequest request) => (string)FakeVllm.Body(request)["messages"]!.AsArray()[^1]!["content"]!;

    /// <summary>Runs the stage; what an earlier run left is there.</summary>
    public void Run(CancellationToken cancellation = default)
    {
        IStage stage = new AskStage(new AnswerAccess(new Secret("OPENAI_API_KEY", "key", () => Key, ""), "angelslim/test", Clock));
        Directory.CreateDirectory(Result.Folder);
        using var journal = Core.Stages.Journal.Open(_folder.At("journal"));
        stage.Run(Settings, Inputs, new StageContext(Result.Folder, _folder.At("scratch"), journal, Events.Enqueue, cancellation));
    }

    public RegenerateInputs Inputs => new(new TargetFolder(TinyTarget.Folder), [Source(Train)], Heldout is null ? [] : [Source(Heldout)]);

    /// <summary>As if it had never run.</summary>
    public void Forget()
    {
        File.Delete(Journal);
        Directory.Delete(Result.Folder, recursive: true);
        Events.Clear();
    }

    public void Dispose()
    {
        Server.Dispose();
        _folder.Dispose();
    }

    private static SourceFile Source(string path) => new(Path.GetDirectoryName(path)!, Path.GetFileName(path));
}
