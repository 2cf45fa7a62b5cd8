using AngelSlim.Core.Manifests.Schemas.Validation;

namespace AngelSlim.Core.Manifests.Schemas;

/// <summary>The schema of manifests that a manifest is held against: <c>schemas/experiment.schema.json</c>, which travels in this assembly.</summary>
internal static class ManifestSchema
{
    private const string Name = "experiment.schema.json";

    private static readonly Lazy<JsonSchema> Parsed = new(() => TravellingSchema.Read(Name));

    /// <summary>Ready for use.</summary>
    public static JsonSchema Whole => Parsed.Value;

    /// <summary>As it is written.</summary>
    public static byte[] Bytes() => TravellingSchema.Bytes(Name);
}
