using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Commands;

/// <summary>Runs again whenever a file changes that the run depends on.</summary>
/// <param name="machine">Where.</param>
/// <param name="stopping">Hears the user.</param>
internal sealed class Watching(Machine machine, Stopping stopping)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Until the user stops it.</summary>
    /// <param name="execute">Runs once, and says on what that depends as soon as it knows.</param>
    /// <returns>75 when something was at work when the user stopped it, else 0.</returns>
    public int Execute(Func<FileWatch, int> execute)
    {
        for (var earlier = new FileWatch(); ;)
        {
            var files = new FileWatch();
            var code = Run(execute, files);
            if (stopping.Token.IsCancellationRequested)
            {
                return code is ExitCode.Resumable ? code : ExitCode.Done;
            }

            // A manifest that cannot be read names no files; those that it named before may be what is being mended.
            foreach (var source in earlier.Sources)
            {
                files.Add(source);
            }

            machine.Talk.WriteLine("Waiting until the manifest or a file that it names changes; Ctrl+C ends it.");
            if (Wait(files) is not { } changed)
            {
                return ExitCode.Done;
            }

            machine.Talk.WriteLine($"{Path.GetFileName(changed)} has changed.");
            earlier = files;
        }
    }

    /// <summary>A manifest that is being edited is wrong now and then, and a step may fail: that is told, and a change waited for.</summary>
    private int Run(Func<FileWatch, int> execute, FileWatch files)
    {
        try
        {
            return execute(files);
        }
        catch (Exception failure) when (ExitCode.Of(failure) is not ExitCode.Bug)
        {
            return Ending.Tell(machine, failure);
        }
    }

    private string? Wait(FileWatch files)
    {
        using (stopping.Says(_ => { }))
        {
            return files.Wait(BetweenLooks, stopping.Token);
        }
    }
}
