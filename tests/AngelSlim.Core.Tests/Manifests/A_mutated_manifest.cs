using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
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
        }
        """;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "0", "1e999", "99999999999999999999", "1.5", "\"\"", "\"x\": 1,", "\\", "\\ud800", "\0", "\n", "\r\n",
        "//", "/*", "*/", "é", "\"gate\": \"next\",", "{}", "[[]]", "\"tokens\"", "\"a\\u0000b\"", "$schema",
    ];

    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_read_or_refused_with_a_place_but_never_breaks_the_reader()
    {
        var random = new Random(22);
        var (read, refused, most) = (0, 0, 0);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = Mutated(random);
            File.WriteAllBytes(_folder.Manifest, bytes);
            try
            {
                ExperimentResolver.Resolve(ExperimentReader.Read(_folder.Manifest, _folder.Surroundings), Contracts.All);
                read++;
            }
            catch (UserException refusal)
            {
                refused++;
                most = Math.Max(most, refusal.Problems.Count);
                CheckPlaces(bytes, refusal.Problems);
            }
        }

        // Both outcomes have to be common, or the mutations are too wild or too tame to show anything.
        Assert.True(read > 100 && refused > 1_000 && most > 3, $"{read} read, {refused} refused, at most {most} problems");
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
