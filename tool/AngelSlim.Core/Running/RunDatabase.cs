using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using Microsoft.Data.Sqlite;

namespace AngelSlim.Core.Running;

/// <summary>The index of a store: runs, steps, attempts, metrics, artifacts, lineage, and digests of files. Losing it loses no result.</summary>
/// <remarks>
/// WAL without a flush per commit: a kill loses nothing, a power cut at most the last rows, which results do not depend on.
/// Every write is one statement or an immediate transaction: a deferred one that reads first cannot be upgraded, and stalls.
/// </remarks>
internal sealed class RunDatabase : IDigestMemo, IDisposable
{
    private const string FileName = "runs.db";
    private readonly SqliteConnection _connection;

    private RunDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens or makes the index of a store.</summary>
    /// <exception cref="DataException">A newer tool has written it, or it is damaged, or the system does not let it be written.</exception>
    public static RunDatabase Open(string root)
    {
        Durable.CreateFolder(root);
        var path = Path.Combine(root, FileName);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30, Pooling = false }.ToString());
        try
        {
            connection.Open();
            var database = new RunDatabase(connection);
            database.Execute("pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;");
            RunSchema.Bring(connection, path);
            return database;
        }
        catch (SqliteException failure) when (IndexFault.Of(path, failure) is { } fault)
        {
            connection.Dispose();
            throw fault;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Digest? Find(FileIdentity file) =>
        Scalar(
            "select sha256 from digests where path = $path and size = $size and inode = $inode and modified = $modified and changed = $changed",
            Of(file)) is string hex ? Digest.Parse(hex) : null;

    /// <inheritdoc/>
    public void Keep(FileIdentity file, Digest digest) =>
        Execute(
            """
            insert into digests (path, size, inode, modified, changed, sha256) values ($path, $size, $inode, $modified, $changed, $sha256)
            on conflict (path) do update set size = $size, inode = $inode, modified = $modified, changed = $changed, sha256 = $sha256
            """,
            [.. Of(file), ("$sha256", digest.Hex)]);

    /// <summary>Runs one statement.</summary>
    public void Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        Guarded(() =>
        {
            using var command = Command(sql, parameters);
            return command.ExecuteNonQuery();
        });
    }

    /// <summary>The first value of the first row, or null.</summary>
    public object? Scalar(string sql, params (string Name, object? Value)[] parameters)
    {
        return Guarded(() =>
        {
            using var command = Command(sql, parameters);
            return command.ExecuteScalar();
        });
    }

    /// <summary>All rows.</summary>
    public IReadOnlyList<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object? Value)[] parameters)
    {
        return Guarded(() =>
        {
            using var command = Command(sql, parameters);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(read(reader));
            }

            return rows;
        });
    }

    /// <summary>A time as it is stored: UTC, sortable as text.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static (string Name, object? Value)[] Of(FileIdentity file) =>
        [("$path", file.Path), ("$size", file.Size), ("$inode", file.Inode), ("$modified", file.Modified), ("$changed", file.Changed)];

    /// <summary>One statement at a time.</summary>
    private T Guarded<T>(Func<T> work)
    {
        try
        {
            lock (_connection)
            {
                return work();
            }
        }
        catch (SqliteException failure) when (IndexFault.Of(_connection.DataSource, failure) is { } fault)
        {
            throw fault;
        }
    }

    private SqliteCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
