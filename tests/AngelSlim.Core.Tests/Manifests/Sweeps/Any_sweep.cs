using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Manifests.Sweeps;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Planning.Sweeps;
using AngelSlim.Core.Tests.Planning;
using CsCheck;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests.Sweeps;

/// <summary>What holds for every sweep, tried on some hundred that are drawn.</summary>
public sealed class Any_sweep
{
    /// <summary>One setting for each part of the graph, so that drawn sweeps share much or little.</summary>
    private static readonly string[] Paths = ["training.unroll", "training.seed", "data.maxTokens", "draft.vocabulary", "evaluation.maxNewTokens", "evaluation.promptsPerFile"];

    private static readonly Gen<Drawn> Sweeps =
        from order in Gen.Shuffle(Paths)
        from lengths in Gen.Int[1, 4].Array[3]
        from zipped in Gen.Int[0, 3]
        from excluded in Gen.Select(Gen.Int[0, 5], Gen.Int[1, 4], Gen.Int[0, 5], Gen.Int[1, 4]).Array[0, 3]
        select new Drawn(order, lengths, zipped, excluded);

    [Fact]
    public void Has_the_product_s_points_but_those_that_are_excluded_in_order() => Sweeps.Sample(drawn =>
    {
        var reading = drawn.Read();
        if (reading.Points.Count is 0)
        {
            Assert.Contains(reading.Problems, problem => problem.Message.StartsWith("Every point", StringComparison.Ordinal));
            return;
        }

        Assert.DoesNotContain(reading.Problems, problem => problem.Severity is Severity.Error);
        var points = reading.Points.Select(point => string.Join(' ', point.Select(setting => $"{setting.Axis.Path}={setting.Text}"))).ToArray();
        Assert.Equal(drawn.Expected(), points);
        Assert.Equal(points.Distinct(), points);
        Assert.All(reading.Points, point => Assert.Equal(reading.Axes.Select(axis => axis.Path), point.Select(setting => setting.Axis.Path)));
    });

    [Fact]
    public void Merges_exactly_the_steps_of_its_points() => Sweeps.Sample(
        drawn =>
        {
            var points = drawn.Points();
            if (points.Count is 0)
            {
                return;
            }

            var graph = new SweepMerge(points, Contracts.All).Graph();
            StepTypes.Check(graph.Steps);
            var merged = Identities(graph.Steps);
            Assert.Equal(merged.Values.Distinct(), merged.Values);
            Assert.All(merged.Keys, id => Assert.Matches(@"\A[A-Za-z0-9._@=,+-]+\z", id));

            var alone = points.Select(point => ExperimentResolver.Resolve(point.Experiment, Contracts.All)).Select(steps => (steps, Identities(steps))).ToArray();
            Assert.Equal(alone.SelectMany(point => point.Item2.Values).ToHashSet(), merged.Values.ToHashSet());
            Assert.All(graph.Points.Zip(alone), pair => Assert.Equal(pair.Second.steps.Select(step => pair.Second.Item2[step.Id]), pair.First.Steps.Select(step => merged[step.Id])));
        },
        iter: 60);

    /// <summary>For each step what its key is made of: its recipe with the recipes of what it reads.</summary>
    private static Dictionary<string, string> Identities(IReadOnlyList<Step> steps)
    {
        var identities = new Dictionary<string, string>();
        JsonNode? Told(StepInput input) => input switch
        {
            FromStep from => identities[from.StepId],
            FromMany many => new JsonArray([.. many.Items.Select(Told)]),
            _ => input.ToString(),
        };
        foreach (var step in steps)
        {
            identities.Add(step.Id, Recipe.Of(step, step.Inputs.ToDictionary(input => input.Key, input => Told(input.Value))).Key.Recipe.Hex);
        }

        return identities;
    }

    /// <param name="Order">Paths: three in the grid, the others in a zip or not swept.</param>
    /// <param name="Lengths">Values of each path of the grid; the first also of the zip.</param>
    /// <param name="Zipped">Paths in the zip.</param>
    /// <param name="Excluded">Pairs of a path and a value.</param>
    private sealed record Drawn(string[] Order, int[] Lengths, int Zipped, (int, int, int, int)[] Excluded)
    {
        private string[] Swept => Order[..(3 + Zipped)];

        /// <summary>Every value is its number, times ten.</summary>
        private static string Value(int number) => $"{10 * number}";

        private IEnumerable<(string Path, string Value)[]> Exclusions => Excluded
            .Select(pair => new[] { (Order[pair.Item1], Value(pair.Item2)), (Order[pair.Item3], Value(pair.Item4)) }.Where(setting => Swept.Contains(setting.Item1)).DistinctBy(setting => setting.Item1).ToArray())
            .Where(exclusion => exclusion.Length > 0);

        public SweepReading Read()
        {
            string List(int length) => $"[{string.Join(", ", Enumerable.Range(1, length).Select(Value))}]";
            var grid = string.Join(", ", Order[..3].Zip(Lengths, (path, length) => $"\"{path}\": {List(length)}"));
            var zip = Zipped is 0 ? "" : $", \"zip\": [{{ {string.Join(", ", Order[3..(3 + Zipped)].Select(path => $"\"{path}\": {List(Lengths[0])}"))} }}]";
            var exclude = $", \"exclude\": [{string.Join(", ", Exclusions.Select(exclusion => $"{{ {string.Join(", ", exclusion.Select(setting => $"\"{setting.Path}\": {setting.Value}.0"))} }}"))}]";
            var json = LocatedJson.Parse(System.Text.Encoding.UTF8.GetBytes($"{{ \"grid\": {{ {grid} }}{zip}{exclude} }}"), new TextPlace("e.json", 1, 1));
            return SweepReader.Read(new("sweep", json.Place, json), new SweepSettings());
        }

        /// <summary>By nested loops.</summary>
        public IEnumerable<string> Expected() =>
            from a in Enumerable.Range(1, Lengths[0])
            from b in Enumerable.Range(1, Lengths[1])
            from c in Enumerable.Range(1, Lengths[2])
            from z in Zipped is 0 ? [1] : Enumerable.Range(1, Lengths[0])
            let values = new[] { a, b, c, z, z, z }
            let settings = Swept.Select((path, i) => (path, Value(values[i]))).ToArray()
            where !Exclusions.Any(exclusion => exclusion.All(settings.Contains))
            select string.Join(' ', settings.Select(setting => $"{setting.path}={setting.Item2}"));

        /// <summary>Without the reader, which would look for files.</summary>
        public IReadOnlyList<ReadPoint> Points() => [.. Read().Points.Select(settings => new ReadPoint(settings, Experiment(settings)))];

        private static ReadExperiment Experiment(IReadOnlyList<SweepSetting> settings)
        {
            int Of(string path, int otherwise) => settings.FirstOrDefault(setting => setting.Axis.Path == path) is { } set ? int.Parse(set.Text, System.Globalization.CultureInfo.InvariantCulture) : otherwise;
            var experiment = new Experiment
            {
                Name = "e",
                Target = new() { Builtin = "t" },
                Data = new() { Train = ["t.jsonl"], MaxTokens = Of("data.maxTokens", 64) },
                Training = new() { Unroll = Of("training.unroll", 3), Seed = Of("training.seed", 1) },
                Draft = new() { Vocabulary = Of("draft.vocabulary", 64) },
                Evaluation = new() { MaxNewTokens = Of("evaluation.maxNewTokens", 8), PromptsPerFile = Of("evaluation.promptsPerFile", 8) },
            };
            var sources = new Sources { Target = "/t", Assembly = null, Train = ["/t.jsonl"], Heldout = [], Prompts = [] };
            return new("e.json", experiment, new(System.Text.Json.JsonValueKind.Object, "", new("e.json", 1, 1)), sources, []);
        }
    }
}
