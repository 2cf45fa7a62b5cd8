using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using Microsoft.Data.Sqlite;

namespace AngelSlim.Core.Running;

/// <summary>The tables of <c>runs.db</c>, by version.</summary>
internal static class RunSchema
{
    /// <summary>The version that this tool reads and writes: as many as there are scripts.</summary>
    public static int Version => Scripts.Length;

    private const string Beginning = "create table if not exists schema_version (version integer not null);";

    /// <summary>Script i leads from version i to version i + 1; one that was released never changes.</summary>
    private static readonly string[] Scripts =
    [
        """
        create table runs (
          id integer primary key, manifest text not null, name text not null, effective text not null, tool text not null, host text not null,
          threads integer not null, started text not null, ended text, outcome text);
        create table steps (
          run integer not null references runs, id text not null, stage text not null, key text, outcome text not null, reason text not null,
          seconds real not null, artifact text, primary key (run, id));
        create table attempts (
          id integer primary key, run integer not null references runs, step text not null, stage text not null, key text not null,
          pid integer not null, host text not null, started text not null, ended text, outcome text, message text);
        create table metrics (attempt integer not null references attempts, name text not null, step integer, value real);
        create index metrics_by_name on metrics (attempt, name);
        create table artifacts (
          stage text not null, key text not null, digest text not null, files integer not null, bytes integer not null, recipe text not null,
          made text not null, seconds real not null, tool text not null, primary key (stage, key));
        create table lineage (
          stage text not null, key text not null, input text not null, position integer not null, digest text not null, from_stage text, from_key text,
          primary key (stage, key, input, position));
        create table digests (
          path text primary key, size integer not null, inode integer not null, modified integer not null, changed integer not null, sha256 text not null);
        """,
        """
        alter table artifacts add column steady text;
        """,
        """
        create index steps_by_key on steps (stage, key);
        create table sources (digest text not null, path text not null, file text not null, sha256 text not null, primary key (digest, path, file));
        create table outputs (
          stage text not null, key text not null, steady text not null, run integer not null references runs, seen text not null, primary key (stage, key, steady));
        """,
        """
        alter table runs add column pid integer;
        create index runs_by_name on runs (name);
        create index attempts_by_key on attempts (stage, key);
        create index attempts_by_run on attempts (run, step);
        create table verdicts (run integer not null references runs, point text, tokens text not null, at_least real not null, found real not null);
        create index verdicts_by_run on verdicts (run);
        """,
    ];

    /// <summary>An index has this version.</summary>
    /// <exception cref="DataException">It is newer.</exception>
    public static bool IsCurrent(RunDatabase database) => VersionOf(database) == Version;

    /// <summary>Brings an index, empty or older, to this version. One that has it is only read; one that is new begins with the runs that have a file.</summary>
    /// <exception cref="DataException">It is newer.</exception>
    public static void Bring(RunDatabase database)
    {
        if (IsCurrent(database))
        {
            return;
        }

        // Another process may be at the same work: whoever waited for this transaction finds it done.
        database.InTransaction(() =>
        {
            var version = VersionOf(database);
            if (version > 0 && version < Version)
            {
                Backup(database.Path, version);
            }

            for (var next = version; next < Version; next++)
            {
                database.Execute(next is 0 ? Beginning + Scripts[next] : Scripts[next]);
                database.Execute("insert into schema_version values ($version)", ("$version", next + 1));
            }

            if (version is 0)
            {
                RunFile.Restore(database);
            }
        });
    }

    /// <summary>The version of an index; 0 when it is empty.</summary>
    /// <exception cref="DataException">It is newer.</exception>
    private static int VersionOf(RunDatabase database)
    {
        if (database.Scalar("select 1 from sqlite_master where name = 'schema_version'") is null)
        {
            return 0;
        }

        var version = Convert.ToInt32(database.Scalar("select coalesce(max(version), 0) from schema_version"), CultureInfo.InvariantCulture);
        return version <= Version ? version : throw new DataException(
            ProblemCode.StoreNewer,
            $"This store's index has version {version}, and this tool knows versions up to {Version}. Update the tool, or take another store with --store.",
            new TextPlace(database.Path));
    }

    /// <summary>Copies what was committed last; the transaction that is open elsewhere has written nothing yet.</summary>
    private static void Backup(string path, int version)
    {
        var backup = $"{path}.v{version}.backup";
        var unfinished = backup + ".new";
        File.Delete(unfinished);
        using (var source = RunDatabase.Connection(path, SqliteOpenMode.ReadOnly))
        using (var copy = RunDatabase.Connection(unfinished, SqliteOpenMode.ReadWriteCreate))
        {
            source.Open();
            source.BackupDatabase(copy);
        }

        Durable.FlushFile(unfinished);
        File.Move(unfinished, backup, overwrite: true);
        Durable.FlushFolder(Path.GetDirectoryName(path)!);
    }
}
