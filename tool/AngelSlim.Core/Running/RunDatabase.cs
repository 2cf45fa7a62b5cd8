using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using Microsoft.Data.Sqlite;

namespace AngelSlim.Core.Running;

/// <summary>The index of a store: runs, steps, attempts, metrics, artifacts, lineage, and digests of files. Losing it loses no result.</summary>
/// <remarks>
/// On a local disk: WAL without a flush per commit; a kill loses nothing, a power cut at most the last rows, which results
/// do not depend on. WAL needs memory that its readers share, so that on a network disk every commit is a rollback journal
/// that is flushed. Every write is one statement or an immediate transaction: a deferred one that reads first cannot be
/// upgraded, and stalls. May be used from several threads; they take turns.
/// </remarks>
internal sealed class RunDatabase : IDigestMemo, IDisposable
{
    /// <summary>The index's name in its store.</summary>
    public const string FileName = "runs.db";

    private readonly SqliteConnection _connection;
    private SqliteTransaction? _transaction;

    private RunDatabase(SqliteConnection connection, string root) => (_connection, Root) = (connection, root);

    /// <summary>The store, absolute.</summary>
    public string Root { get; }

    /// <summary>Its file.</summary>
    public string Path => System.IO.Path.Combine(Root, FileName);

    /// <summary>Opens or makes the index of a store.</summary>
    /// <exception cref="DataException">A newer tool has written it, or it is damaged or busy, or the system does not let it be written.</exception>
    public static RunDatabase Open(string root)
    {
        Durable.CreateFolder(root);
        return Open(root, FileSystemKind.Of(root));
    }

    /// <summary>Opens or makes the index of a store on a disk of some kind.</summary>
    /// <exception cref="DataException">As above.</exception>
    internal static RunDatabase Open(string root, FileSystemKind disk)
    {
        var path = PathIn(root);
        return Open(path, Connection(path, SqliteOpenMode.ReadWriteCreate), database =>
        {
            database.Configure(disk);
            RunSchema.Bring(database);
        });
    }

    /// <summary>Opens the index of a store that is only looked at: also one that may not be written to, or that has no room.</summary>
    /// <exception cref="DataException">As above; a store without an index, or with an older one, must be written to.</exception>
    public static RunDatabase OpenToRead(string root)
    {
        try
        {
            return Open(root);
        }
        catch (DataException full) when (full.Problem.Code is ProblemCode.DiskFull)
        {
            // The memory that readers share lies in a file of its own. It would be there if anybody had the index open, so that there is nobody to share it with.
            var path = PathIn(root);
            return Open(path, Connection(path, SqliteOpenMode.ReadWrite), database =>
            {
                database.Execute("pragma locking_mode = exclusive");
                Demand(RunSchema.IsCurrent(database), full);
            });
        }
        catch (DataException denied) when (denied.InnerException is SqliteException failure && IndexFault.IsDenied(failure) && File.Exists(PathIn(root)))
        {
            // Beside a write-ahead log SQLite wants a file of its own even to read. Where it may not have one, nobody of this machine writes.
            var path = PathIn(root);
            return Open(path, Connection($"{new Uri(path).AbsoluteUri}?immutable=1", SqliteOpenMode.ReadOnly), database =>
                Demand(RunSchema.IsCurrent(database), denied));
        }
    }

    /// <summary>Indexes that another has taken the place of: copies from before a migration, and damaged ones that were put aside.</summary>
    /// <remarks>To a pattern with a star behind the last dot the index itself would be one of them.</remarks>
    public static IEnumerable<string> Earlier(string root) => Directory.EnumerateFiles(root, FileName + "*")
        .Where(file => System.IO.Path.GetExtension(file) is ".backup" || file.Contains(FileName + ".corrupt-", StringComparison.Ordinal));

    private static void Demand(bool holds, DataException otherwise)
    {
        if (!holds)
        {
            throw otherwise;
        }
    }

    private static string PathIn(string root) => System.IO.Path.Combine(System.IO.Path.GetFullPath(root), FileName);

    private static RunDatabase Open(string path, SqliteConnection connection, Action<RunDatabase> prepare)
    {
        try
        {
            connection.Open();
            var database = new RunDatabase(connection, System.IO.Path.GetDirectoryName(path)!);
            prepare(database);
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

    /// <summary>A connection that is not open yet.</summary>
    internal static SqliteConnection Connection(string path, SqliteOpenMode mode) =>
        new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, DefaultTimeout = 30, Pooling = false }.ToString());

    /// <inheritdoc/>
    public Digest? Find(FileIdentity file) =>
        Scalar(
            "select sha256 from digests where path = $path and size = $size and inode = $inode and modified = $modified and changed = $changed",
            Of(file)) is string hex ? Digest.Parse(hex) : null;

    /// <inheritdoc/>
    public void Keep(IReadOnlyCollection<FileContent> files) => InTransaction(() =>
    {
        foreach (var (file, digest) in files)
        {
            Execute(
                """
                insert into digests (path, size, inode, modified, changed, sha256) values ($path, $size, $inode, $modified, $changed, $sha256)
                on conflict (path) do update set size = $size, inode = $inode, modified = $modified, changed = $changed, sha256 = $sha256
                """,
                [.. Of(file), ("$sha256", digest.Hex)]);
        }
    });

    /// <summary>Runs several statements as one: all of them are kept or none, and they cost one commit. What calls it within another is part of that one.</summary>
    public void InTransaction(Action work)
    {
        Guarded(() =>
        {
            if (_transaction is not null)
            {
                work();
                return true;
            }

            using (_transaction = _connection.BeginTransaction(deferred: false))
            {
                try
                {
                    work();
                    _transaction.Commit();
                }
                finally
                {
                    _transaction = null;
                }
            }

            return true;
        });
    }

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
    public static string Time(DateTimeOffset at) => SettingsJson.Time(at);

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>The mode of the journal stays with the file; what it is already is not written again.</summary>
    private void Configure(FileSystemKind disk)
    {
        var (journal, synchronous) = disk.IsLocal ? ("wal", "normal") : ("truncate", "full");
        if (Scalar("pragma journal_mode") as string != journal)
        {
            Execute($"pragma journal_mode = {journal}");
        }

        Execute($"pragma synchronous = {synchronous}; pragma foreign_keys = on");
    }

    private static (string Name, object? Value)[] Of(FileIdentity file) =>
        [("$path", file.Path), ("$size", file.Size), ("$inode", file.Inode), ("$modified", file.Modified), ("$changed", file.Changed)];

    /// <summary>One thread at a time.</summary>
    private T Guarded<T>(Func<T> work)
    {
        try
        {
            lock (_connection)
            {
                return work();
            }
        }
        catch (SqliteException failure) when (IndexFault.Of(Path, failure) is { } fault)
        {
            throw fault;
        }
    }

    private SqliteCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
