using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using AngelSlim.Toy;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_step_made_again : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Warns_when_its_bytes_are_others()
    {
        using var toy = new ToyStore(_folder.Path);
        Run(toy, text: "one");
        Damage(toy, "text");

        Run(toy, text: "two");

        Assert.Contains(toy.Events, happened => happened.Event is Nondeterministic { Kept: null } differing && differing.Was != differing.Now);
    }

    [Fact]
    public void Does_not_warn_of_a_file_with_a_clock_in_it()
    {
        using var toy = new ToyStore(_folder.Path);
        Run(toy, text: "one");
        var before = toy.Results["a"].Listing.Digest;
        Damage(toy, "text");

        Run(toy, text: "one");

        Assert.NotEqual(before, toy.Results["a"].Listing.Digest);
        Assert.DoesNotContain(toy.Events, happened => happened.Event is Nondeterministic);
    }

    [Fact]
    public void Does_not_warn_where_an_older_tool_did_not_note_which_files_are_steady()
    {
        using var toy = new ToyStore(_folder.Path);
        Run(toy, text: "one");
        toy.Database.Execute("update artifacts set steady = null");
        Damage(toy, "text");

        Run(toy, text: "two");

        Assert.DoesNotContain(toy.Events, happened => happened.Event is Nondeterministic);
    }

    [Fact]
    public void By_another_number_of_threads_says_both_and_keeps_both()
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Happened = happened => { if (happened.Event is Progressed) { throw new DataException(ProblemCode.BadRow, "stopped"); } };
            Assert.Throws<DataException>(() => Run(toy, text: "one"));
        }

        using var again = new ToyStore(_folder.Path) { Threads = 2 };
        Run(again, text: "one");

        Assert.Contains("with 2 threads; it was stopped with 1", Assert.Single(Warnings(again)), StringComparison.Ordinal);
        Assert.Equal([1, 2], again.Results["a"].Made.Threads);
        Assert.Equal([1, 2], again.Store.Find(again.Results["a"].Key).Found!.Made.Threads);
    }

    [Fact]
    public void By_as_many_threads_says_nothing()
    {
        using var toy = new ToyStore(_folder.Path) { Threads = 3 };
        toy.Happened = happened => { if (happened.Event is Progressed) { throw new DataException(ProblemCode.BadRow, "stopped"); } };
        Assert.Throws<DataException>(() => Run(toy, text: "one"));
        toy.Happened = _ => { };

        Run(toy, text: "one");

        Assert.Empty(Warnings(toy));
        Assert.Equal([3], toy.Results["a"].Made.Threads);
    }

    public void Dispose() => _folder.Dispose();

    private static void Run(ToyStore toy, string text) =>
        toy.Run(new Step("a", new TimedStage(text), new CountSettings(), new Dictionary<string, StepInput>()));

    private static void Damage(ToyStore toy, string file) => File.Delete(Path.Combine(toy.Results["a"].Folder, file));

    private static string[] Warnings(ToyStore toy) => [.. toy.Events.Select(happened => happened.Event).OfType<Said>().Where(said => said.Warning).Select(said => said.Text)];

    private sealed record NoInputs;

    /// <summary>Writes a text, and a file that is never the same; the text is told past the settings, as a fault of a stage would.</summary>
    private sealed class TimedStage(string text) : Stage<CountSettings, NoInputs, ToyText>("timed", version: 1)
    {
        public override string? Device => "cpu";

        public override IReadOnlyList<string> Unsteady => ["timing.json"];

        protected override void Run(CountSettings settings, NoInputs inputs, StageContext context)
        {
            File.WriteAllText(Path.Combine(context.Output, "text"), text);
            File.WriteAllText(Path.Combine(context.Output, "timing.json"), Guid.NewGuid().ToString());
            context.Report(new Progressed(1, 1, "texts"));
        }
    }
}
