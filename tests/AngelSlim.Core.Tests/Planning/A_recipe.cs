using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Planning;

public sealed class A_recipe
{
    [Fact]
    public void Is_one_text_for_good() => Assert.Equal(
        """{"device":null,"form":1,"inputs":{"source":null},"settings":{"lines":3,"word":"word"},"stage":"write","version":1}""",
        Of(new()).Text);

    [Fact]
    public void Names_the_result_by_its_digest() => Assert.Equal(new StepKey("write", Digest.Of(Of(new()).Text)), Of(new()).Key);

    [Fact]
    public void Stays_when_only_an_incidental_setting_changes() => Assert.Equal(Of(new()), Of(new() { Milliseconds = 7, Trace = "x" }));

    [Fact]
    public void Stays_when_a_default_is_written_out() => Assert.Equal(Of(new()), Of(new() { Lines = 3 }));

    [Fact]
    public void Stays_when_the_step_has_another_name() => Assert.Equal(Of(new()).Key, Recipe.Of(Write("other", new()), Inputs()).Key);

    [Fact]
    public void Changes_with_a_setting() => Assert.NotEqual(Of(new()).Key, Of(new() { Lines = 4 }).Key);

    [Fact]
    public void Changes_with_the_content_of_an_input() => Assert.NotEqual(Of(new(), "one").Key, Of(new(), "two").Key);

    [Fact]
    public void Says_what_differs() => Assert.Equal(
        "lines 3 -> 4; input source has changed",
        RecipeWords.Of(Write("a", new()), Of(new() { Lines = 4 }, "two").ChangesFrom(Of(new(), "one").Text)));

    [Fact]
    public void Cuts_what_is_long_and_counts_what_is_too_much()
    {
        var step = new Step("train", Contracts.All.Get("train"), new TrainSettings { Dtype = Dtype.Bfloat16, Draft = new(), Training = new() { Unroll = 5, Seed = 7 } }, new Dictionary<string, StepInput>());
        var earlier = step with { Settings = new TrainSettings { Dtype = Dtype.Float32, Draft = new() { HiddenLayers = [1, 2, 3] }, Training = new() } };
        var changes = Recipe.Of(step, new Dictionary<string, JsonNode?>()).ChangesFrom(Recipe.Of(earlier, new Dictionary<string, JsonNode?>()).Text);
        Assert.Equal("draft.hiddenLayers (nothing) -> null; draft.hiddenLayers[0] 1 -> (nothing); draft.hiddenLayers[1] 2 -> (nothing); and 4 more", RecipeWords.Of(step, changes));
        var word = Of(new() { Word = new string('x', 99) }).ChangesFrom(Of(new()).Text);
        Assert.Equal($"word \"word\" -> \"{new string('x', 39)}...", RecipeWords.Of(Write("a", new()), word));
    }

    private static Recipe Of(WriteSettings settings, string? source = null) => Recipe.Of(Write("a", settings), Inputs(source));

    private static Dictionary<string, JsonNode?> Inputs(string? source = null) =>
        new() { ["Source"] = source is null ? null : Digest.Of(source).Hex };
}
