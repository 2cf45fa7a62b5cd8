using System.Text;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning.Sweeps;
using AngelSlim.Core.Tests.Planning;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class A_mutated_manifest : IDisposable
{
    private const string Whole = """
        {
          "$schema": "../schemas/experiment.schema.json", // the schema
          "name": "e", "target": { "model": "target", "dtype": "float32", "builtin": null },
          "modality": "text", "mode": "offline",
          "data": { "train": ["train.jsonl", "more.jsonl"], "heldout": [], "heldoutShare": 0.05, "maxTokens": 512, "onBadRow": "stop" },
          "draft": { "vocabulary": 8192, "hiddenLayers": [1, 5, 8], "normBeforeFc": true, "initialDeviation": 2e-2 },
          "training": { "epochs": 2, "learningRate": 1e-3, "gate": "exact", "compatibility": "none", "seed": 42 },
          "speculation": { "tokens": [2, 4] },
          "evaluation": { "prompts": ["prompts.jsonl"], "maxNewTokens": 64 },
          "expect": { "acceptanceLengthAtLeast": { "4": 3.0 } },
          "sweep": { "grid": { "training.unroll": [3] } },
        }
        """;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "0", "1e999", "99999999999999999999", "1.5", "\"\"", "\"x\": 1,", "\\", "\\ud800", "\0", "\n", "\r\n",
        "//", "/*", "*/", "é", "\"gate\": \"next\",", "{}", "[[]]", "\"tokens\"", "\"a\\u0000b\"", "$schema",
    ];

    /// <summary>Values that some setting may have and most may not.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "7.5", "1e-400", "1e999999999999", "123456789012345678901234567890", "\"\"", "\"exact\"", "\"train.jsonl\"", "\"\\ud83d\\ude00\"", "[]", "[1, 1]", "[null]", "{}",
        "{ \"4\": 2, \"4\": 3 }", "{ \"a.b\": [[]] }", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "{ \"training.unroll\": [1, 2, 3, 4, 5, 6, 7, 8, 9] }",
    ];

    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Changed letters and bytes: mostly no JSON any more.</summary>
    [Fact]
    public void In_its_bytes_is_read_or_refused_with_a_place_but_never_breaks_the_reader()
    {
        var random = new Random(22);
        var outcome = Read(4_000, () => Mutated(random));
        Assert.True(outcome is { Read: > 200, Refused: > 2_000, Most: > 3 }, $"{outcome}");
    }

    /// <summary>Values put where others were, members twice, misspelt and taken away, deep and large values: JSON still, and mostly no manifest.</summary>
    [Fact]
    public void In_its_values_is_read_or_refused_with_a_place_but_never_breaks_the_reader()
    {
        var random = new Random(23);
        var outcome = Read(6_000, () => Encoding.UTF8.GetBytes(Text(JsonNode.Parse(Whole, documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true })!, random, changes: random.Next(1, 5))));
        Assert.True(outcome is { Read: > 100, Refused: > 4_000, Most: > 5 }, $"{outcome}");
    }

    private (int Read, int Refused, int Most) Read(int times, Func<byte[]> manifest)
    {
        var (read, refused, most) = (0, 0, 0);
        for (var i = 0; i < times; i++)
        {
            var bytes = manifest();
            File.WriteAllBytes(_folder.Manifest, bytes);
            try
            {
                SweepGraph.Of(ExperimentReader.Read(_folder.Manifest, _folder.Surroundings), Contracts.All);
                read++;
            }
            catch (UserException refusal)
            {
                refused++;
                most = Math.Max(most, refusal.Problems.Count);
                CheckPlaces(bytes, refusal.Problems);
            }
        }

        return (read, refused, most);
    }

    private static byte[] Mutated(Random random)
    {
        var text = Whole;
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(4) is 0 ? random.Next(40) : random.Next(2), text.Length - at);
            var piece = random.Next(3) switch
            {
                0 => "",
                1 => text.Substring(random.Next(text.Length / 2), random.Next(30)),
                _ => Pieces[random.Next(Pieces.Length)],
            };
            text = text[..at] + piece + text[(at + length)..];
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        if (random.Next(20) is 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    /// <summary>The manifest as text, with some of its values changed on the way.</summary>
    private static string Text(JsonNode manifest, Random random, int changes)
    {
        var leaves = Paths(manifest, []).ToArray();
        var changed = Enumerable.Range(0, changes).Select(_ => leaves[random.Next(leaves.Length)]).Select(path => string.Concat(path.Select(name => "/" + name))).ToHashSet();
        return Written(manifest, "");

        string Written(JsonNode? node, string path) => changed.Contains(path) && random.Next(3) > 0
            ? random.Next(4) is 0 ? Written(At(manifest, leaves[random.Next(leaves.Length)]), "-") : Values[random.Next(Values.Length)]
            : node switch
            {
                JsonObject members => $"{{{string.Join(",\n", members.SelectMany(member => Member(member, $"{path}/{member.Key}")))}}}",
                JsonArray items => $"[{string.Join(", ", items.Select((item, index) => Written(item, $"{path}/{index}")))}]",
                _ => node?.ToJsonString() ?? "null",
            };

        IEnumerable<string> Member(KeyValuePair<string, JsonNode?> member, string path)
        {
            var whole = $"{new string(' ', random.Next(3))}\"{member.Key}\": {Written(member.Value, path)}";
            return !changed.Contains(path) ? [whole] : random.Next(5) switch
            {
                0 => [],
                1 => [whole, whole],
                2 => [$"\"{member.Key}{(char)random.Next('a', 'z')}\": {Written(member.Value, path)}"],
                _ => [whole],
            };
        }
    }

    private static IEnumerable<string[]> Paths(JsonNode? node, string[] path) => node switch
    {
        JsonObject members => members.SelectMany(member => Paths(member.Value, [.. path, member.Key])).Prepend(path),
        JsonArray items => items.SelectMany((item, index) => Paths(item, [.. path, index.ToString(System.Globalization.CultureInfo.InvariantCulture)])).Prepend(path),
        _ => [path],
    };

    private static JsonNode? At(JsonNode? node, string[] path) => path.Aggregate(node, (at, name) =>
        at is JsonArray items ? items[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : at?[name]);

    private void CheckPlaces(byte[] bytes, IReadOnlyList<Problem> problems)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        Assert.NotEmpty(problems);
        Assert.All(problems, problem =>
        {
            var place = Assert.NotNull(problem.Place);
            Assert.Equal(_folder.Manifest, place.File);
            Assert.InRange(place.Line, 1, lines.Length);
            Assert.InRange(place.Column, 1, lines[place.Line - 1].Length + 1);
            Assert.DoesNotContain('\n', problem.ToString());
        });
        Assert.Equal(problems.OrderBy(problem => (problem.Place!.Value.Line, problem.Place.Value.Column)), problems);
    }
}
