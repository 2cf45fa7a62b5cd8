using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Cli.Documents;

/// <summary>What a verb prints for other programs. Says itself what it is, and which version.</summary>
/// <remarks>
/// A record below this one is the only list of its members: text and schema are derived from it. Every member is written,
/// null where there is nothing to say. What was released stays as it is; another form is another version.
/// </remarks>
internal abstract record Document
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What it is, and its version: <c>angelslim/plan/1</c>.</summary>
    public string Form => FormAttribute.Of(GetType());

    /// <summary>The text, indented, without a line end.</summary>
    public string ToJson()
    {
        var json = SettingsJson.Of(this);
        json.Insert(0, "form", Form);
        return json.ToJsonString(Indented);
    }
}

/// <summary>Names a document and its version.</summary>
/// <param name="name">One lower-case word; its schema is <c>schemas/NAME.schema.json</c>.</param>
/// <param name="version">From 1; another with every change that a reader could notice.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class FormAttribute(string name, int version) : Attribute
{
    /// <summary>One lower-case word.</summary>
    public string Name { get; } = name;

    /// <summary>From 1.</summary>
    public int Version { get; } = version;

    /// <summary>The form of a document's type.</summary>
    public static string Of(Type document) => document.GetCustomAttribute<FormAttribute>() is { } form
        ? $"angelslim/{form.Name}/{form.Version}"
        : throw new InvalidOperationException($"{document.Name} does not say its form.");
}
