using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>JSON Schema 2020-12: references, applicators, limits, unevaluated. Formats and contents are not judged, as the standard has it by default.</summary>
/// <param name="resources">The schema and those that it refers to.</param>
internal sealed class JsonSchema(SchemaResources resources)
{
    /// <summary>Everything that is wrong with a document; nothing when it is valid.</summary>
    /// <exception cref="SchemaException">The schema cannot be followed.</exception>
    public IReadOnlyList<SchemaFinding> Validate(LocatedValue document) =>
        new SchemaWalk(resources, document).Hold(resources.Root, document, "", new Scope(resources.RootAddress, null)).Findings;
}
