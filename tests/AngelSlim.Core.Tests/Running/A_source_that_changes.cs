using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

/// <summary>A file that is edited while a run reads it: no result may be filed under what it held before.</summary>
public sealed class A_source_that_changes : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _source;

    public A_source_that_changes()
    {
        _source = _folder.At("source.jsonl");
        File.WriteAllText(_source, "one");
    }

    [Fact]
    public void While_a_stage_runs_publishes_nothing_and_keeps_no_work()
    {
        using var toy = new ToyStore(_folder.At("store"));
        var step = Write("a", source: _source);
        var key = toy.Plan(step).Steps[0].Recipe!.Key;
        toy.Happened = happened => { if (happened.Event is Progressed { Done: 2 }) { File.WriteAllText(_source, "two"); } };

        Refused(() => toy.Run(step));

        Assert.Equal(default, toy.Store.Find(key));
        Assert.False(toy.Store.Work(key).IsStarted);
        toy.Happened = _ => { };
        Assert.Equal("made", toy.Run(step)["a"]);
        Assert.NotEqual(key, toy.Results["a"].Key);
    }

    [Fact]
    public void And_changes_back_while_a_stage_runs_is_noticed()
    {
        using var toy = new ToyStore(_folder.At("store"));
        var before = File.ReadAllText(_source);
        toy.Happened = happened =>
        {
            if (happened.Event is Progressed { Done: 1 })
            {
                File.WriteAllText(_source, "something else");
                File.WriteAllText(_source, before);
            }
        };

        Refused(() => toy.Run(Write("a", source: _source)));
    }

    [Fact]
    public void In_nothing_but_its_rights_and_links_has_not_changed()
    {
        using var toy = new ToyStore(_folder.At("store"));
        toy.Happened = happened =>
        {
            if (happened.Event is Progressed { Done: 1 } && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_source, UnixFileMode.UserRead);
            }
        };

        Assert.Equal("made", toy.Run(Write("a", source: _source))["a"]);
    }

    [Fact]
    public void While_a_stage_fails_keeps_no_work_either()
    {
        using var toy = new ToyStore(_folder.At("store"));
        var step = Write("a", source: _source);
        toy.Happened = happened =>
        {
            if (happened.Event is Progressed { Done: 2 })
            {
                File.Delete(_source);
                throw new DataException(ProblemCode.BadRow, "half a row");
            }
        };

        Assert.Contains("half a row", Refused(() => toy.Run(step)).InnerException!.Message, StringComparison.Ordinal);

        Assert.Empty(toy.Store.Started());
    }

    [Fact]
    public void While_another_process_holds_the_lock_starts_nothing()
    {
        using var toy = new ToyStore(_folder.At("store"));
        var step = Write("a", source: _source);
        var other = StoreLock.TryTake(toy.Store.Root, toy.Plan(step).Steps[0].Recipe!.Key, new Holder(1, "there", DateTimeOffset.UnixEpoch))!;
        toy.Happened = happened =>
        {
            if (happened.Event is Waiting)
            {
                File.WriteAllText(_source, "two");
                other.Dispose();
            }
        };

        Refused(() => toy.Run(step));

        Assert.DoesNotContain(toy.Events, happened => happened.Event is Began);
    }

    [Fact]
    [Provokes(ProblemCode.SourceChanged)]
    public void In_a_target_folder_is_named()
    {
        var target = Directory.CreateDirectory(_folder.At("target")).FullName;
        File.WriteAllText(Path.Combine(target, "config.json"), "{}");
        using var toy = new ToyStore(_folder.At("store"));
        var step = new Step("late", new LateStage(), new CountSettings(), new Dictionary<string, StepInput> { ["Target"] = new FromSource(new TargetFolder(target)) });

        var refused = Assert.Throws<DataException>(() => toy.Run(step));

        Assert.Equal((ProblemCode.SourceChanged, Path.Combine(target, "tokenizer.json")), (refused.Problem.Code, refused.Problem.Place!.Value.File));
    }

    public void Dispose() => _folder.Dispose();

    private DataException Refused(Action run)
    {
        var refused = Assert.Throws<DataException>(run);
        Assert.Equal((ProblemCode.SourceChanged, _source), (refused.Problem.Code, refused.Problem.Place!.Value.File));
        return refused;
    }

    private sealed record LateInputs(TargetFolder Target);

    /// <summary>A file arrives in the target's folder while it runs.</summary>
    private sealed class LateStage() : Stage<CountSettings, LateInputs, ToyText>("late", version: 1)
    {
        protected override void Run(CountSettings settings, LateInputs inputs, StageContext context) =>
            File.WriteAllText(Path.Combine(inputs.Target.Folder, "tokenizer.json"), "{}");
    }
}
