using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AngelSlim.Cli.Rendering;

/// <summary>JSON documents for other programs.</summary>
internal static class Documents
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One document, indented, without a line end.</summary>
    public static string Write(JsonObject document) => document.ToJsonString(Indented);
}
