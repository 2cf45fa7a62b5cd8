using System.Text.Json;

namespace AngelSlim.Core.Manifests;

/// <summary>What the JSON parser says, for people: its places count from 0, and its messages repeat them.</summary>
internal static class JsonFault
{
    /// <summary>The message without the place.</summary>
    public static string Reason(this JsonException fault) => fault.Message.Split(" LineNumber:")[0].Split(" Path:")[0];

    /// <summary>Line and column (in bytes) in this file, from 1.</summary>
    public static TextPlace Place(this JsonException fault, string file) => new(file, (int)(fault.LineNumber ?? 0) + 1, (int)(fault.BytePositionInLine ?? 0) + 1);
}
