using AngelSlim.Core.Running;

namespace AngelSlim.Core.Tests.Running;

/// <summary>An index as an older tool left it.</summary>
internal static class OlderIndex
{
    /// <summary>Takes it back to version 1 of the schema.</summary>
    public static void Make(RunDatabase database) => database.Execute(
        """
        drop table verdicts; drop index attempts_by_run; drop index attempts_by_key; drop index runs_by_name; alter table runs drop column pid;
        drop table outputs; drop table sources; drop index steps_by_key;
        alter table artifacts drop column steady;
        delete from schema_version where version > 1
        """);
}
