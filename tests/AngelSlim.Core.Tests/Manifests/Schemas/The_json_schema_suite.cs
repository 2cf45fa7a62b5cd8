using System.Text;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas.Validation;
using AngelSlim.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Manifests.Schemas;

/// <summary>The official cases of draft 2020-12: a few dozen that the project carries, and all of them where the shared folder is there.</summary>
public sealed class The_json_schema_suite(ITestOutputHelper output)
{
    private const string MetaSchema = "refers to the meta-schema of the draft, which this project does not carry";

    /// <summary>Cases that the validator does not decide as the suite does, and why.</summary>
    private static readonly Dictionary<string, string> Different = new()
    {
        ["defs: validate definition against metaschema: valid definition schema"] = MetaSchema,
        ["defs: validate definition against metaschema: invalid definition schema"] = MetaSchema,
        ["ref: remote ref, containing refs itself: remote ref valid"] = MetaSchema,
        ["ref: remote ref, containing refs itself: remote ref invalid"] = MetaSchema,
    };

    [Fact]
    public void Is_decided_as_the_suite_does_in_the_cases_that_the_project_carries()
    {
        var cases = Cases(Golden.Own("json-schema")).ToList();
        Assert.InRange(cases.Count, 100, 300);
        Assert.Empty(cases.Where(each => each.Decided() != each.Valid).Select(each => each.Name));
    }

    [Fact]
    public void Is_decided_as_the_suite_does_in_all_cases_but_those_listed()
    {
        if (Golden.SharedBeside("data", "json-schema-suite") is not { } suite)
        {
            output.WriteLine("Skipped: the suite is not on this machine.");
            return;
        }

        var remotes = Remotes(Path.Combine(suite, "remotes"));
        var cases = Cases(Path.Combine(suite, "tests", "draft2020-12")).Select(each => each with { Others = remotes }).ToList();
        var wrong = cases.Where(each => each.Decided() != each.Valid).Select(each => each.Name).ToList();
        output.WriteLine($"{cases.Count - wrong.Count} of {cases.Count} cases");
        Assert.Equal(Different.Keys.Order(), wrong.Order());
        Assert.True(cases.Count - wrong.Count >= 1_290);
    }

    private static IEnumerable<Case> Cases(string folder) =>
        from file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
        from @group in JsonNode.Parse(File.ReadAllText(file))!.AsArray()
        from test in @group!["tests"]!.AsArray()
        select new Case(
            $"{Path.GetFileNameWithoutExtension(file)}: {@group["description"]}: {test!["description"]}",
            Located(@group["schema"]),
            Located(test["data"]),
            test["valid"]!.GetValue<bool>());

    private static Dictionary<string, LocatedValue> Remotes(string folder) => Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).ToDictionary(
        path => "http://localhost:1234/" + Path.GetRelativePath(folder, path).Replace('\\', '/'),
        path => LocatedJson.Parse(File.ReadAllBytes(path), new TextPlace(path, 1, 1)));

    private static LocatedValue Located(JsonNode? node) =>
        LocatedJson.Parse(Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null"), new TextPlace("case", 1, 1));

    private sealed record Case(string Name, LocatedValue Schema, LocatedValue Data, bool Valid)
    {
        public IReadOnlyDictionary<string, LocatedValue>? Others { get; init; }

        /// <summary>Null when the schema cannot be followed.</summary>
        public bool? Decided()
        {
            try
            {
                return new JsonSchema(new SchemaResources(Schema, Others)).Validate(Data).Count is 0;
            }
            catch (SchemaException)
            {
                return null;
            }
        }
    }
}
