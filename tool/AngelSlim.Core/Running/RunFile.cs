using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Running;

/// <summary>A run that is over, as a small file beside the index: <c>runs/12.json</c> has the index's rows about it, but for its measurements.</summary>
/// <remarks>So the index can be lost: runs and what they used are known without it.</remarks>
/// <param name="Id">Its number.</param>
/// <param name="Name">The experiment's name.</param>
/// <param name="Started">UTC.</param>
/// <param name="Keys">What its steps made, used or worked on.</param>
internal sealed record RunFile(long Id, string Name, DateTimeOffset Started, IReadOnlyList<StepKey> Keys)
{
    private const string Form = "angelslim/run-file/1";

    /// <summary>Tables, and the column that names the run; in the order in which their rows can be put back.</summary>
    private static readonly (string Name, string Run)[] Tables = [("runs", "id"), ("steps", "run"), ("attempts", "run"), ("verdicts", "run")];

    /// <summary>Writes the file of a run in the index.</summary>
    public static void Write(RunDatabase database, long run)
    {
        var file = new JsonObject { ["form"] = Form };
        foreach (var table in Tables)
        {
            var rows = database.Rows($"select * from {table.Name} where {table.Run} = $run", ToJson, ("$run", run));
            file[table.Name] = new JsonArray([.. rows]);
        }

        Durable.CreateFolder(Folder(database.Root));
        Durable.WriteText(PathOf(database.Root, run), file.ToJsonString(ArtifactJson.Options) + "\n");
    }

    /// <summary>Where the file of a run lies.</summary>
    public static string PathOf(string root, long run) => Path.Combine(Folder(root), string.Create(CultureInfo.InvariantCulture, $"{run}.json"));

    /// <summary>All runs that have a file, by number.</summary>
    /// <param name="root">The store.</param>
    /// <param name="unreadable">Told the paths of those that are damaged.</param>
    public static IReadOnlyList<RunFile> All(string root, Action<string> unreadable) =>
        [.. Read(root, unreadable).Select(file => Of(file)).OrderBy(run => run.Id)];

    /// <summary>Puts runs into the index that have a file and are not there.</summary>
    /// <returns>How many there were.</returns>
    public static int Restore(RunDatabase database)
    {
        var restored = 0;
        var columns = Tables.ToDictionary(table => table.Name, table => Columns(database, table.Name));
        database.InTransaction(() =>
        {
            foreach (var file in Read(database.Root, _ => { }).Where(file => !IsKnown(database, Of(file).Id)))
            {
                foreach (var (table, _) in Tables)
                {
                    foreach (var row in Rows(file, table))
                    {
                        Insert(database, table, row, columns[table]);
                    }
                }

                restored++;
            }
        });
        return restored;
    }

    private static string Folder(string root) => Path.Combine(root, "runs");

    private static IEnumerable<JsonObject> Read(string root, Action<string> unreadable)
    {
        var folder = new DirectoryInfo(Folder(root));
        foreach (var path in folder.Exists ? folder.EnumerateFiles("*.json").Select(file => file.FullName) : [])
        {
            if (ReadOrNone(path) is { } file)
            {
                yield return file;
            }
            else
            {
                unreadable(path);
            }
        }
    }

    private static JsonObject? ReadOrNone(string path)
    {
        try
        {
            var file = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            return (string?)file["form"] is Form && PathOf("", Of(file).Id) == PathOf("", long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture)) ? file : null;
        }
        catch (Exception failure) when (failure is JsonException or NullReferenceException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static RunFile Of(JsonObject file)
    {
        var run = Rows(file, "runs").Single();
        var keys = from row in Rows(file, "steps").Concat(Rows(file, "attempts"))
                   where row["key"] is not null
                   select new StepKey((string)row["stage"]!, Digest.Parse((string)row["key"]!));
        return new((long)run["id"]!, (string)run["name"]!, DateTimeOffset.Parse((string)run["started"]!, CultureInfo.InvariantCulture), [.. keys.Distinct()]);
    }

    private static IEnumerable<JsonObject> Rows(JsonObject file, string table) => file[table]?.AsArray().Select(row => row!.AsObject()) ?? [];

    private static JsonNode ToJson(Microsoft.Data.Sqlite.SqliteDataReader row) =>
        JsonObjects.Of(Enumerable.Range(0, row.FieldCount), row.GetName, column => row.GetValue(column) switch
        {
            long whole => JsonValue.Create(whole),
            double number => JsonValue.Create(number),
            string text => JsonValue.Create(text),
            _ => (JsonNode?)null,
        });

    private static bool IsKnown(RunDatabase database, long run) => database.Scalar("select 1 from runs where id = $run", ("$run", run)) is not null;

    private static HashSet<string> Columns(RunDatabase database, string table) =>
        [.. database.Rows("select name from pragma_table_info($table)", row => row.GetString(0), ("$table", table))];

    /// <summary>A file of another version may have columns that the table has not; only the table's own names get into the statement.</summary>
    private static void Insert(RunDatabase database, string table, JsonObject row, HashSet<string> columns)
    {
        var known = row.Where(cell => columns.Contains(cell.Key)).ToList();
        database.Execute(
            $"insert or ignore into {table} ({string.Join(", ", known.Select(cell => cell.Key))}) values ({string.Join(", ", known.Select(cell => "$" + cell.Key))})",
            [.. known.Select(cell => ("$" + cell.Key, Value(cell.Value)))]);
    }

    private static object? Value(JsonNode? cell) => cell?.GetValueKind() switch
    {
        JsonValueKind.Number => cell.AsValue().TryGetValue<long>(out var whole) ? whole : (double)cell,
        JsonValueKind.String => (string)cell!,
        _ => null,
    };
}
