using System.Text;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Tests.Text;

/// <summary>Rows of data files for tests.</summary>
internal static class Rows
{
    /// <summary>A line as it would stand in a file.</summary>
    public static JsonLine Line(string json) => new(new TextPlace("rows.jsonl", 1), Encoding.UTF8.GetBytes(json));

    /// <summary>A conversation of user and assistant in turn.</summary>
    public static JsonObject Chat(params string[] said) => new()
    {
        ["messages"] = new JsonArray([.. said.Select((text, index) => new JsonObject { ["role"] = index % 2 is 0 ? "user" : "assistant", ["content"] = text })]),
    };

    /// <summary>A file of rows in a new folder.</summary>
    public static string File(params IEnumerable<string> rows)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("rows").FullName, "rows.jsonl");
        System.IO.File.WriteAllText(path, string.Concat(rows.Select(row => row + "\n")));
        return path;
    }
}
