using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests.Sweeps;

public sealed class A_sweep : IDisposable
{
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_a_grid_has_every_combination_the_last_path_fastest() => Assert.Equal(
        ["training.unroll=3 training.seed=1", "training.unroll=3 training.seed=2", "training.unroll=5 training.seed=1", "training.unroll=5 training.seed=2"],
        Points("""{ "grid": { "training.unroll": [3, 5], "training.seed": [1, 2] } }"""));

    [Fact]
    public void Of_a_zip_walks_its_lists_side_by_side_and_crosses_it_with_the_grid_as_written() => Assert.Equal(
        [
            "training.unroll=3 training.batchRows=4 training.seed=1", "training.unroll=3 training.batchRows=4 training.seed=2",
            "training.unroll=5 training.batchRows=2 training.seed=1", "training.unroll=5 training.batchRows=2 training.seed=2",
        ],
        Points("""{ "zip": [{ "training.unroll": [3, 5], "training.batchRows": [4, 2] }], "grid": { "training.seed": [1, 2] } }"""));

    [Fact]
    public void Leaves_out_points_that_have_all_values_of_an_exclusion_however_they_are_spelled() => Assert.Equal(
        ["training.unroll=3 speculation.tokens=[4]", "training.unroll=5 speculation.tokens=[2]"],
        Points("""
            {
              "grid": { "training.unroll": [3, 5], "speculation.tokens": [[2], [4]] },
              "exclude": [{ "training.unroll": 3.0, "speculation.tokens": [2] }, { "training.unroll": 5, "speculation.tokens": [4e0] }]
            }
            """));

    [Fact]
    public void Sets_in_each_point_what_the_manifest_says_otherwise_or_not_at_all()
    {
        var read = _folder.Read(Least("""
            "training": { "unroll": 2, "steps": 9 }, "sweep": { "grid": { "training.unroll": [3, 5], "target": [{ "model": "target" }, { "builtin": "tiny-text" }], "training.steps": [null] } }
            """));
        Assert.Equal([3, 3, 5, 5], read.Points.Select(point => point.Experiment.Experiment.Training.Unroll));
        Assert.Equal(["target", "builtin/tiny-text", "target", "builtin/tiny-text"], read.Points.Select(point => Path.GetRelativePath(_folder.Root, point.Experiment.Sources.Target!)));
        Assert.All(read.Points, point => Assert.Null(point.Experiment.Experiment.Training.Steps));
        Assert.All(read.Points, point => Assert.Null(point.Experiment.Experiment.Sweep));
        Assert.Equal(256, read.Experiment.Sweep!.MostPoints);
    }

    [Fact]
    public void Need_not_have_a_manifest_that_could_be_run_without_it()
    {
        var read = _folder.Read("""{ "name": "e", "target": { "model": "target" }, "sweep": { "grid": { "data.train": [["train.jsonl"], ["more.jsonl"]] } } }""");
        Assert.Equal(["train.jsonl", "more.jsonl"], read.Points.Select(point => Path.GetFileName(point.Experiment.Sources.Train[0])));
    }

    [Fact]
    public void That_is_null_is_none() => Assert.Empty(_folder.Read(Least("\"sweep\": null")).Points);

    [Fact]
    public void Knows_where_each_setting_of_a_point_stands()
    {
        var read = _folder.Read(Least("\"sweep\": { \"grid\": { \"training.unroll\": [3, 5] } }"));
        Assert.Equal(["(2,42)", "(2,45)"], read.Points.Select(point => point.Experiment.PlaceOf("training", "unroll").ToString()[_folder.Manifest.Length..]));
    }

    [Fact]
    public void With_mistakes_in_it_says_all_of_them_each_once_and_at_its_place() => Golden.Matches("mistakes.txt", string.Concat(
        new[]
        {
            // Of single values.
            """{ "grid": { "training.unrol": [3, 5], "training.gate": ["exact", "exakt"] } }""",
            """{ "grid": { "training.unroll": [3, 99, "x", [1]], "training.seed": [1, 2], "data.train": [["no.jsonl"]] } }""",
            """{ "grid": { "speculation.tokens": [2, [4, 4]] } }""",
            """{ "grid": { "training.epochs.more": [1], "": [1], "training..unroll": [1] } }""",
            """{ "grid": { "training.learningRate": [1e999, 1e999] } }""",

            // Of values together.
            """{ "grid": { "draft.fcNorm": [false, true] } }""",

            // Of the sweep itself.
            """{}""",
            """{ "grid": {}, "zip": [{}] }""",
            """{ "grid": { "training.unroll": [] } }""",
            """{ "grid": { "training.unroll": 3, "name": ["a", "b"], "sweep.mostPoints": [1] }, "mostPoints": 0, "zips": [] }""",
            """{ "grid": { "name": ["a", "b"], "sweep.mostPoints": [1], "training.unroll": [3, 99] } }""",
            """{ "grid": { "training.unroll": [3, 5, 3.0], "training.seed": [1, 1] } }""",
            """{ "grid": { "training.unroll": [3] }, "zip": [{ "training.unroll": [5], "training.seed": [1, 2] }, { "training": [{}] }] }""",
            """{ "grid": { "training.unroll": [3], "training.unroll": [5] } }""",
            """{ "zip": [{ "training.unroll": [3, 5, 3], "training.seed": [1, 2, 1] }] }""",
            """{ "grid": { "training.unroll": [1, 2, 3, 4], "training.seed": [1, 2, 3, 4] }, "mostPoints": 15 }""",
            """{ "grid": { "training.unroll": [3, 5] }, "exclude": [{ "training.unrol": 3 }, {}, { "training.seed": 1 }] }""",
            """{ "grid": { "training.unroll": [3, 5] }, "exclude": [{ "training.unroll": 3 }, { "training.unroll": 5 }] }""",
        }.Select(sweep => $"{sweep}\n{string.Concat(_folder.Problems(Least($"\"sweep\":\n{sweep}")).Select(problem => $"  {problem["FOLDER/".Length..]}\n"))}")));

    [Fact]
    public void Warns_of_an_exclusion_that_meets_no_point_and_of_odd_points_once()
    {
        var read = _folder.Read(Least("""
            "training": { "steps": 5, "epochs": 1 }, "sweep": { "grid": { "training.unroll": [3, 5] }, "exclude": [{ "training.unroll": 4 }] }
            """));
        Assert.Equal(2, read.Points.Count);
        Assert.Equal(
            [
                "FOLDER/e.json(2,37): warning ASL0008: 'training.epochs' is not used, because 'training.steps' is given; remove one of them.",
                "FOLDER/e.json(2,104): warning ASL0008: This exclusion meets no point; correct its values, or remove it.",
            ],
            read.Warnings.Select(_folder.Told));
    }

    [Theory]
    [InlineData(30, "1073741824")]
    [InlineData(60, "more than a million million")]
    public void That_would_never_end_is_refused_before_it_is_made(int axes, string points)
    {
        var grid = string.Join(", ", Enumerable.Range(0, axes).Select(axis => $"\"training.a{axis}\": [1, 2]"));
        Assert.Contains($"The sweep has {points} points; expected at most 256 ('sweep.mostPoints').", string.Concat(_folder.Problems(Least($"\"sweep\": {{ \"grid\": {{ {grid} }} }}"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_no_more_settings_than_anybody_would() => Assert.StartsWith(
        "FOLDER/e.json(2,10): error ASL0006: The sweep names 65 settings; expected at most 64.",
        _folder.Problem(Least($"\"sweep\": {{ \"grid\": {{ {string.Join(", ", Enumerable.Range(0, 65).Select(axis => $"\"a{axis}\": [1]"))} }} }}")),
        StringComparison.Ordinal);

    private string[] Points(string sweep) => [.. _folder.Read(Least($"\"sweep\": {sweep}")).Points.Select(Told)];

    private static string Told(ReadPoint point) => string.Join(' ', point.Settings.Select(setting => $"{setting.Axis.Path}={setting.Text}"));

    private static string Least(string more) => $"{ManifestFolder.Least[..^2]},\n{more} }}";
}
