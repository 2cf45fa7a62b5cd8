using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas;
using AngelSlim.Core.Manifests.Schemas.Validation;

namespace AngelSlim.Core.Baselines;

/// <summary>Baselines on disk.</summary>
internal static class BaselineFile
{
    private const string What = "baseline";
    private const string FormName = "angelslim/baseline/";
    private const int LargestFile = 64 << 20;
    private const int Columns = 140;
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Lazy<JsonSchema> Schema = new(() => TravellingSchema.Read("baseline.schema.json"));

    /// <summary>Where an experiment's baseline lies unless somebody says otherwise: <c>baselines/NAME.json</c> beside the manifest.</summary>
    /// <param name="folder">Of the manifest.</param>
    /// <param name="experiment">The experiment's name.</param>
    public static string PlaceOf(string folder, string experiment) => Path.Combine(folder, "baselines", experiment + ".json");

    /// <summary>A file says that it is a baseline, of whatever version; false when it cannot be read.</summary>
    public static bool IsOne(string path)
    {
        try
        {
            return LocatedJson.ReadFile(path, What, LargestFile).Find("form")?.Value.Text.StartsWith(FormName, StringComparison.Ordinal) is true;
        }
        catch (UserException)
        {
            return false;
        }
    }

    /// <summary>Writes it whole; whoever looks sees the old one or the new one.</summary>
    public static void Write(string path, Baseline baseline)
    {
        Durable.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Durable.WriteText(path, ToJson(baseline) + "\n");
    }

    /// <summary>What fits stands on one line, so that a changed prompt is one line of a diff.</summary>
    public static string ToJson(Baseline baseline)
    {
        var json = SettingsJson.Of(baseline);
        json.Insert(0, "form", Baseline.Form);
        return Text(json, "");
    }

    /// <summary>Reads it, strictly.</summary>
    /// <exception cref="DataException">It is not there.</exception>
    /// <exception cref="UserException">It is not one; carries every problem, each with its place.</exception>
    public static Baseline Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new DataException(ProblemCode.NoBaseline, "There is no baseline here. 'dotnet angelslim baseline set MANIFEST' makes one of what the store has; commit it.", new TextPlace(path));
        }

        var findings = new List<Finding>();
        var json = RepeatedMembers.TakenOut(LocatedJson.ReadFile(path, What, LargestFile), findings);
        findings.AddRange(SchemaWords.Of(Schema.Value.Validate(json), What));
        if (findings.Count is 0)
        {
            findings.AddRange(Impossible(json));
        }

        return findings.Count is 0
            ? (Baseline)SettingsBinder.Bind(typeof(Baseline), json)
            : throw new UserException([.. findings.Select(finding => finding.Problem).OrderBy(problem => problem.Place?.Line).ThenBy(problem => problem.Place?.Column)]);
    }

    /// <summary>What no evaluation has; a mean of impossible counts would look like one.</summary>
    private static IEnumerable<Finding> Impossible(LocatedValue json) =>
        json.Find("evaluations")!.Value.Items.SelectMany(evaluation => NoObjects(evaluation).Concat(ImpossibleCounts(evaluation.Find("prompts")!.Value)));

    private static IEnumerable<Finding> NoObjects(LocatedValue evaluation) =>
        from name in new[] { "settings", "inputs" }
        let value = evaluation.Find(name)!.Value
        where value.Kind is not JsonValueKind.Object
        select new Finding(name, new Problem(ProblemCode.WrongType, $"'{name}' is {Shown.Found(value)}; expected an object.", value.Place));

    private static IEnumerable<Finding> ImpossibleCounts(LocatedValue prompts) =>
        from prompt in prompts.Items
        let counted = (MeasuredPrompt)SettingsBinder.Bind(typeof(MeasuredPrompt), prompt)
        let positions = prompts.Items[0].Find("accepted")!.Value.Items.Count
        let wrong = counted.Accepted.Count != positions ? $"has {counted.Accepted.Count} positions; the first prompt of this evaluation has {positions}"
            : counted.Accepted.Prepend(counted.Rounds).Zip(counted.Accepted).Any(pair => pair.Second > pair.First) ? $"rises; expected at most {counted.Rounds} rounds, and no position above the one before"
            : null
        where wrong is not null
        select new Finding("accepted", new Problem(ProblemCode.OutOfRange, $"'accepted' of prompt {Shown.Quoted(counted.Prompt)} {wrong}. Take the file from version control again.", prompt.Find("accepted")!.Value.Place));

    private static string Text(JsonNode? node, string indent)
    {
        var line = node?.ToJsonString(OneLine) ?? "null";
        if (line.Length + indent.Length <= Columns || node is not (JsonObject or JsonArray))
        {
            return line;
        }

        var deeper = indent + "  ";
        var (open, items, close) = node is JsonObject members
            ? ('{', members.Select(member => $"{JsonSerializer.Serialize(member.Key, OneLine)}: {Text(member.Value, deeper)}"), '}')
            : ('[', node.AsArray().Select(item => Text(item, deeper)), ']');
        return $"{open}\n{deeper}{string.Join($",\n{deeper}", items)}\n{indent}{close}";
    }
}
