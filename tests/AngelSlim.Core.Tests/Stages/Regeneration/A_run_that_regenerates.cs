using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Regeneration;
using AngelSlim.Core.Tests.Hub;
using AngelSlim.Core.Tests.Text;
using AngelSlim.Core.Text;
using AngelSlim.Core.Web;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Xunit;

namespace AngelSlim.Core.Tests.Stages.Regeneration;

/// <summary>From a manifest to token rows, through planner, runner and store.</summary>
public sealed class A_run_that_regenerates : IDisposable
{
    private const int Rows = 6;
    private readonly string _folder = Directory.CreateTempSubdirectory("run").FullName;
    private readonly FakeVllm _server = new(Asking.Say);

    public A_run_that_regenerates()
    {
        File.WriteAllLines(Path.Combine(_folder, "train.jsonl"), Asking.Questions(Rows));
        File.WriteAllLines(Path.Combine(_folder, "prompts.jsonl"), Asking.Questions(1));
    }

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Learns_what_the_server_said_and_does_not_ask_it_twice()
    {
        Assert.Equal(("made", "made"), Run(out var rows));
        Assert.Equal(
            Enumerable.Range(0, Rows).Select(number => $"Answer 1 to question {number}<|im_end|>"),
            rows.Select(row => TinyTarget.Tokenizer().Decode([.. row.Ids.Where((_, place) => row.Mask[place])])).Order(StringComparer.Ordinal));

        Assert.Equal(("cached", "cached"), Run(out _, "\"servers\": [\"http://elsewhere/v1\"], \"concurrency\": 2"));
        Assert.Equal(Rows, _server.Requests.Length);

        // Equal answers are equal rows.
        Assert.Equal(("made", "cached"), Run(out _, $"\"servers\": [\"{_server.Address}\"], \"maxNewTokens\": 99"));
        Assert.Equal(Rows * 2, _server.Requests.Length);
    }

    [Fact]
    public void Goes_on_where_it_was_stopped()
    {
        using var stop = new CancellationTokenSource();
        _server.Fault = _ =>
        {
            if (_server.Requests.Length is Rows / 2)
            {
                stop.Cancel();
            }

            return null;
        };
        Assert.ThrowsAny<OperationCanceledException>(() => Run(out _, Servers + ", \"concurrency\": 1", stop.Token));
        var asked = _server.Requests.Length;
        _server.Fault = null;

        Assert.Equal(("made", "made"), Run(out var rows));
        Assert.Equal(Rows, rows.Count);
        Assert.Equal(Rows - (asked - 1), _server.Requests.Length - asked);
    }

    private string Servers => $"\"servers\": [\"{_server.Address}\"]";

    private (string Regenerate, string Tokenize) Run(out IReadOnlyList<TokenRow> rows, string? settings = null, CancellationToken cancellation = default)
    {
        var manifest = Path.Combine(_folder, "e.json");
        File.WriteAllText(manifest, $$"""
            {
              "name": "e", "target": { "model": "{{TinyTarget.Folder}}" }, "data": { "train": ["train.jsonl"], "heldoutShare": 0 }, "evaluation": { "prompts": ["prompts.jsonl"] },
              "regenerate": { "engine": "openai", "model": "{{FakeVllm.Model}}", {{settings ?? Servers}} }
            }
            """);
        var read = ExperimentReader.Read(manifest, new Surroundings("none", "none"));
        var steps = ExperimentResolver.Resolve(read, new StageCatalog([.. Planning.Contracts.Stages.Where(stage => stage.Name is not ("ask" or "tokenize")), new AskStage(new AnswerAccess(new Secret("", "key", () => null, ""), "angelslim/test", new ImpatientClock())), new TokenizeStage()]));
        using var store = new ToyStore(Path.Combine(_folder, "store")) { Cancellation = cancellation };
        var outcomes = store.Run(Selection.Between(steps, new HashSet<string>(), new HashSet<string> { "tokenize" }));
        rows = outcomes.Count is 2 ? [.. TokenRowFile.Read(new TokenRows(store.Results["tokenize"].Folder).Train)] : [];
        return outcomes.Count is 2 ? (outcomes["regenerate"], outcomes["tokenize"]) : throw new OperationCanceledException();
    }
}
