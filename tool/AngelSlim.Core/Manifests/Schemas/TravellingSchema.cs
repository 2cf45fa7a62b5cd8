using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas.Validation;

namespace AngelSlim.Core.Manifests.Schemas;

/// <summary>Schemas that travel in this assembly.</summary>
internal static class TravellingSchema
{
    /// <summary>Ready for use.</summary>
    /// <param name="name">Of its file in <c>schemas</c>.</param>
    public static JsonSchema Read(string name) => new(new SchemaResources(LocatedJson.Parse(Bytes(name), new TextPlace(name, 1, 1))));

    /// <summary>As it is written.</summary>
    /// <param name="name">Of its file in <c>schemas</c>.</param>
    public static byte[] Bytes(string name)
    {
        using var stream = typeof(TravellingSchema).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
