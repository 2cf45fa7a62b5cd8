using AngelSlim.Core.Hub;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages.Regeneration;

namespace AngelSlim.Cli;

/// <summary>Everything that comes from outside the arguments: read once, in <c>Program.cs</c>, and nowhere else.</summary>
internal sealed record Machine
{
    /// <summary>Takes results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Takes talk.</summary>
    public required TextWriter Talk { get; init; }

    /// <summary>Columns of the terminal that shows the talk; null when it is none.</summary>
    public required Func<int>? Columns { get; init; }

    /// <summary>Tells the time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where hub models and built-in targets lie.</summary>
    public required Surroundings Surroundings { get; init; }

    /// <summary>How the hub is reached; refuses settings that make no sense when it is asked.</summary>
    public required Func<HubAccess> Hub { get; init; }

    /// <summary>How servers that have a target are asked for answers.</summary>
    public required AnswerAccess Answers { get; init; }

    /// <summary>Where the program and what comes with it lie.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>The NuGet package folder, in which libtorch lies.</summary>
    public required string Packages { get; init; }

    /// <summary>Physical cores that this process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Bytes of memory that programs may still take.</summary>
    public required Func<long> AvailableMemory { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Host { get; init; }

    /// <summary>The operating system, as it calls itself.</summary>
    public required string System { get; init; }

    /// <summary>The processor, as the system calls it.</summary>
    public required string Processor { get; init; }

    /// <summary>A workflow of GitHub runs the tool, and shows lines of a certain form where they belong.</summary>
    public required bool OnGitHub { get; init; }

    /// <summary>This process.</summary>
    public required int Pid { get; init; }

    /// <summary>When a process of this machine began; null when there is none of this number.</summary>
    public required Func<int, DateTimeOffset?> StartOf { get; init; }

    /// <summary>The server of buckets, when it is not Amazon's; null when the environment has none.</summary>
    public required string? BucketServer { get; init; }

    /// <summary>The tool's version.</summary>
    public required string Version { get; init; }
}
