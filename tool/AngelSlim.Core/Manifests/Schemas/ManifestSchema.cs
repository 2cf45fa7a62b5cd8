using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas.Validation;

namespace AngelSlim.Core.Manifests.Schemas;

/// <summary>The schema of manifests that a manifest is held against: <c>schemas/experiment.schema.json</c>, which travels in this assembly.</summary>
internal static class ManifestSchema
{
    private const string Name = "experiment.schema.json";

    private static readonly Lazy<JsonSchema> Parsed = new(() => new(new SchemaResources(LocatedJson.Parse(Bytes(), new TextPlace(Name, 1, 1)))));

    /// <summary>Ready for use.</summary>
    public static JsonSchema Whole => Parsed.Value;

    /// <summary>As it is written.</summary>
    public static byte[] Bytes()
    {
        using var stream = typeof(ManifestSchema).Assembly.GetManifestResourceStream(Name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
