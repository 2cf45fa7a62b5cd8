using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

/// <summary>The error list: for each code of the manifest how it reads.</summary>
public sealed class Problems_of_a_manifest : IDisposable
{
    private static readonly (string Code, string More)[] Each =
    [
        (ProblemCode.NotJson, "\"mode\": online"),
        (ProblemCode.UnknownMember, "\"training\": { \"epoch\": 1 }"),
        (ProblemCode.DuplicateMember, "\"name\": \"f\""),
        (ProblemCode.MissingMember, "\"target\": {}"),
        (ProblemCode.WrongType, "\"training\": { \"epochs\": \"two\" }"),
        (ProblemCode.OutOfRange, "\"training\": { \"unroll\": 99 }"),
        (ProblemCode.MissingFile, "\"evaluation\": { \"prompts\": [\"none.jsonl\"] }"),
        (ProblemCode.Contradiction, "\"draft\": { \"head\": \"random\", \"freezeHead\": true }"),
        (ProblemCode.UnknownValue, "\"mode\": \"offlin\""),
    ];

    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Provokes(ProblemCode.NotJson)]
    [Provokes(ProblemCode.UnknownMember)]
    [Provokes(ProblemCode.DuplicateMember)]
    [Provokes(ProblemCode.MissingMember)]
    [Provokes(ProblemCode.WrongType)]
    [Provokes(ProblemCode.OutOfRange)]
    [Provokes(ProblemCode.MissingFile)]
    [Provokes(ProblemCode.Contradiction)]
    [Provokes(ProblemCode.UnknownValue)]
    public void Read_each_in_the_same_form()
    {
        var list = new StringBuilder();
        foreach (var (code, more) in Each)
        {
            var json = code is ProblemCode.MissingMember ? $"{{ \"name\": \"e\", \"data\": {{ \"train\": [\"train.jsonl\"] }},\n  {more} }}" : $"{ManifestFolder.Least[..^2]},\n  {more} }}";
            var problem = _folder.Problem(json);
            Assert.Contains($": error {code}: ", problem, StringComparison.Ordinal);
            list.Append("  ").Append(more).Append('\n').Append(problem).Append("\n\n");
        }

        Golden.Matches("error-list.txt", list.ToString());
    }

    [Fact]
    [Provokes(ProblemCode.Usage)]
    public void Of_an_option_are_found_before_it_is_read()
    {
        var refusal = Assert.Throws<UserException>(() => ChangeReader.Read([new(ChangeKind.Set, "training"), new(ChangeKind.Unset, "a..b")]));
        Assert.Equal([ProblemCode.Usage, ProblemCode.Usage], refusal.Problems.Select(problem => problem.Code));
    }

    [Theory]
    [InlineData("{ \"vision_config\": {} }", "\"modality\": \"text\"", "(2,13): error ASL0008: 'modality' is 'text', but the target reads images too: its config.json has 'vision_config'. Name a target that reads text only.")]
    [InlineData("{ \"audio_config\": {} }", "\"mode\": \"online\"", "(1,1): error ASL0008: 'modality' is 'text', but the target reads sound too: its config.json has 'audio_config'. Name a target that reads text only.")]
    [InlineData("{ \"num_hidden_layers\": 8 }", "\"draft\": { \"hiddenLayers\": [1, 5, 8] }", "(2,35): error ASL0006: 'draft.hiddenLayers[2]' is 8; the target has 8 layers, so expected 0 to 7.")]
    public void With_its_target_show_before_anything_runs(string config, string more, string problem)
    {
        _folder.Write("target/config.json", config);
        Assert.Equal("FOLDER/e.json" + problem, _folder.Problem($"{ManifestFolder.Least[..^2]},\n{more} }}"));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{ \"vision_config\": null, \"num_hidden_layers\": \"many\" }")]
    [InlineData("{ \"num_hidden_layers\": 9 }")]
    public void Are_not_guessed_from_a_config_that_says_nothing(string config)
    {
        _folder.Write("target/config.json", config);
        _folder.Read($"{ManifestFolder.Least[..^2]}, \"draft\": {{ \"hiddenLayers\": [1, 5, 8] }} }}");
    }

    [Theory]
    [InlineData("{ \"heads\": 3, \"keyHeads\": 2 }", "(1,51): error ASL0008: 'target.pretrain.heads' is 3; expected a multiple of 'keyHeads', which is 2.")]
    [InlineData("{ \"headSize\": 33 }", "(1,54): error ASL0006: 'target.pretrain.headSize' is 33; expected an even number: rotary positions turn pairs of channels.")]
    public void Show_in_a_target_that_is_still_to_be_made(string pretrain, string problem) => Assert.Equal(
        "FOLDER/e.json" + problem,
        _folder.Problem($$"""{ "name": "e", "target": { "pretrain": {{pretrain}} }, "data": { "train": ["train.jsonl"] } }"""));

    [Fact]
    public void Show_where_the_mask_has_no_place_in_the_rows() => Assert.StartsWith(
        "FOLDER/e.json(1,93): error ASL0008: 'data.rows' is 'turn', but 'data.mask' is 'generation'",
        _folder.Problem("""{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"], "rows": "turn", "mask": "generation" } }"""),
        StringComparison.Ordinal);

    [Fact]
    public void Are_warnings_where_a_setting_only_has_no_effect() => Assert.Equal(
        ["FOLDER/e.json(2,42): warning ASL0008: 'training.warmupSteps' is 9, and there are 5 steps: the learning rate rises to the end."],
        _folder.Read($"{ManifestFolder.Least[..^2]},\n\"training\": {{ \"steps\": 5, \"warmupSteps\": 9 }} }}").Warnings.Select(_folder.Told));
}
