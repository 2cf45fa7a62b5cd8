using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli;

/// <summary>Tells the user what ended a command early.</summary>
internal static class Ending
{
    private const string OurFault = "This is a bug in the tool, not a mistake of yours.";

    /// <summary>Says it, as errors or as what it is.</summary>
    /// <returns>The exit code.</returns>
    public static int Tell(Machine machine, Exception failure)
    {
        ProblemLines.Write(Problems(failure), machine.Talk, machine.Columns);
        foreach (var line in Talk(failure))
        {
            machine.Talk.WriteLine(line);
        }

        return ExitCode.Of(failure);
    }

    private static IReadOnlyList<Problem> Problems(Exception failure) => failure switch
    {
        UserException user => user.Problems,
        DataException data => [data.Problem],
        IOException or UnauthorizedAccessException => [new Problem(ProblemCode.FileSystem, $"The system refused: {failure.Message}")],
        _ => [],
    };

    private static IReadOnlyList<object> Talk(Exception failure) => failure switch
    {
        UserException or DataException or IOException or UnauthorizedAccessException => [],
        OperationCanceledException => ["Stopped. What is done is kept: run the same command again to go on."],
        StageFault => [failure.Message, OurFault],
        _ => [failure, OurFault],
    };
}
