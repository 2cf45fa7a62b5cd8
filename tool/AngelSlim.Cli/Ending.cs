using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli;

/// <summary>Tells the user what ended a command early.</summary>
internal static class Ending
{
    /// <summary>Says it, as errors or as what it is.</summary>
    /// <returns>The exit code.</returns>
    public static int Tell(TextWriter talk, Exception failure)
    {
        foreach (var line in Lines(failure))
        {
            talk.WriteLine(line);
        }

        return ExitCode.Of(failure);
    }

    private static IEnumerable<object> Lines(Exception failure) => failure switch
    {
        UserException user => user.Problems.Cast<object>(),
        OperationCanceledException => ["Stopped. What is done is kept: run the same command again to go on."],
        DataException => [failure.Message],
        IOException or UnauthorizedAccessException => [new Problem(ProblemCode.FileSystem, $"The system refused: {failure.Message}")],
        StageFault => [failure.Message, "This is a bug in the tool, not a mistake of yours."],
        _ => [failure, "This is a bug in the tool, not a mistake of yours."],
    };
}
