using AngelSlim.Cli.Documents;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests.Schemas;
using AngelSlim.Core.Running;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>Every document has a schema, and every schema a document: both say the same.</summary>
public sealed class The_schemas_of_documents
{
    private static readonly SchemaWriter Writer = new(XmlSummaries.Read(new[] { "Core", "Cli" }.Select(name => Path.Combine(AppContext.BaseDirectory, $"AngelSlim.{name}.xml"))));

    public static TheoryData<string> Names => [.. PrintedDocument.Types.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Are_what_the_records_say(string name)
    {
        var record = PrintedDocument.Types[name];
        var written = Writer.Document(record, FormAttribute.Of(record));
        var path = PrintedDocument.SchemaOf(name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") is "1")
        {
            File.WriteAllText(path, written);
        }

        Assert.True(File.Exists(path), $"{path} does not exist; run once with UPDATE_GOLDENS=1 and read it.");
        Assert.Equal(File.ReadAllText(path), written);
    }

    [Fact]
    public void Speak_of_every_kind_of_event()
    {
        var written = Writer.Lines(EventLine.Form, typeof(EventFacts), EventFacts.Kinds);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") is "1")
        {
            File.WriteAllText(PrintedDocument.SchemaOf("event"), written);
        }

        Assert.Equal(File.ReadAllText(PrintedDocument.SchemaOf("event")), written);
        Assert.Equal(typeof(EventFacts).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(EventFacts))).ToHashSet(), EventFacts.Kinds.Values.ToHashSet());
    }

    [Fact]
    public void Say_what_a_baseline_is()
    {
        var written = Writer.Document(typeof(Baseline), Baseline.Form);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") is "1")
        {
            File.WriteAllText(PrintedDocument.SchemaOf("baseline"), written);
        }

        Assert.Equal(File.ReadAllText(PrintedDocument.SchemaOf("baseline")), written);
    }

    [Fact]
    public void Are_all_that_lies_beside_the_manifest_s()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Golden.Root, "schemas")).Order(StringComparer.Ordinal);
        Assert.Equal(PrintedDocument.Types.Keys.Append("experiment").Append("event").Append("baseline").Select(PrintedDocument.SchemaOf).Order(StringComparer.Ordinal), files);
    }
}
