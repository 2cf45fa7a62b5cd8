using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using Xunit;

namespace AngelSlim.Core.Tests.Planning;

public sealed class The_types_of_a_graph
{
    private static readonly FromSource Target = new(new TargetFolder("target"));
    private static readonly FromSource File = new(new SourceFile("folder", "file"));

    [Fact]
    public void Fit_when_every_input_is_what_its_stage_asks_for() => StepTypes.Check([Tokenize(), Vocabulary(new FromStep("tokenize"))]);

    [Fact]
    public void Do_not_fit_when_a_step_makes_something_else() =>
        Refuses("step 'vocabulary' is fed", [Tokenize(), Vocabulary(Target)]);

    [Fact]
    public void Do_not_fit_when_the_step_comes_later() =>
        Refuses("step 'vocabulary' is fed", [Vocabulary(new FromStep("tokenize")), Tokenize()]);

    [Fact]
    public void Do_not_fit_when_an_input_that_is_needed_is_absent() =>
        Refuses("step 'vocabulary' is fed absent", [Tokenize(), Vocabulary(new Absent())]);

    [Fact]
    public void Do_not_fit_when_a_list_holds_something_else() =>
        Refuses("step 'tokenize' is fed", [Tokenize(train: new FromMany([File, Target]))]);

    [Fact]
    public void Do_not_fit_when_one_thing_is_given_for_a_list() =>
        Refuses("step 'tokenize' is fed", [Tokenize(train: File)]);

    [Fact]
    public void Do_not_fit_when_an_input_is_forgotten_or_invented()
    {
        var step = Tokenize();
        Refuses("is not fed 'rows'", [step, Vocabulary(null)]);
        Refuses("is fed 'more', which", [step with { Inputs = new Dictionary<string, StepInput>(step.Inputs) { ["More"] = File } }]);
    }

    [Fact]
    public void Do_not_fit_when_settings_are_of_another_stage() =>
        Refuses("has settings of type", [Tokenize() with { Settings = new VocabularySettings { Size = 3 } }]);

    [Fact]
    public void Do_not_fit_when_two_steps_have_one_id() => Refuses("has the id of an earlier step", [Tokenize(), Tokenize()]);

    [Fact]
    public void Come_from_a_catalogue_that_knows_each_name_once()
    {
        var stage = Contracts.All.Get("train");
        Assert.Throws<ArgumentException>(() => new StageCatalog([stage, stage]));
        Assert.Throws<InvalidOperationException>(() => Contracts.All.Get("trian"));
    }

    private static void Refuses(string message, Step[] steps) =>
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => StepTypes.Check(steps)).Message, StringComparison.OrdinalIgnoreCase);

    private static Step Tokenize(StepInput? train = null) => new(
        "tokenize",
        Contracts.All.Get("tokenize"),
        new TokenizeSettings { MaxTokens = 16, HeldoutShare = 0, Rows = default, Mask = default, OnBadRow = default },
        new Dictionary<string, StepInput> { ["Target"] = Target, ["Train"] = train ?? new FromMany([File]), ["Heldout"] = new FromMany([]) });

    private static Step Vocabulary(StepInput? rows)
    {
        var inputs = new Dictionary<string, StepInput> { ["Target"] = Target };
        if (rows is not null)
        {
            inputs["Rows"] = rows;
        }

        return new("vocabulary", Contracts.All.Get("vocabulary"), new VocabularySettings { Size = null }, inputs);
    }
}
