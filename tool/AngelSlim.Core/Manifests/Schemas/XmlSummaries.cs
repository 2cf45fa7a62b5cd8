using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas;

/// <summary>The summaries that stand above types and members in the source, as the compiler wrote them out.</summary>
internal sealed partial class XmlSummaries
{
    private readonly Dictionary<string, XElement> _summaries;

    private XmlSummaries(Dictionary<string, XElement> summaries) => _summaries = summaries;

    /// <summary>Reads the files that the compiler puts beside assemblies.</summary>
    public static XmlSummaries Read(params IEnumerable<string> paths) => new(
        (from path in paths
         from member in XDocument.Load(path).Descendants("member")
         let summary = member.Element("summary")
         where summary is not null
         select (Name: member.Attribute("name")!.Value, summary)).ToDictionary(each => each.Name, each => each.summary));

    /// <summary>What is said above a property.</summary>
    public string Of(PropertyInfo property) => Text($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>What is said above a type.</summary>
    public string Of(Type type) => Text($"T:{type.FullName}");

    /// <summary>What is said above one value of a choice.</summary>
    public string Of(Type choice, string name) => Text($"F:{choice.FullName}.{name}");

    private string Text(string member) => _summaries.TryGetValue(member, out var summary)
        ? Spaces().Replace(string.Concat(summary.Nodes().Select(Plain)), " ").Trim()
        : throw new InvalidOperationException($"{member} has no summary.");

    /// <summary>A reference to a setting reads as the manifest spells it.</summary>
    private static string Plain(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => $"`{SettingsShape.Word(see.Attribute("cref")!.Value.Split('.')[^1])}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        _ => throw new InvalidOperationException($"A summary holds {node}, which has no plain form yet."),
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
