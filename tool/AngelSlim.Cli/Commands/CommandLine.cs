using System.Reflection;
using AngelSlim.Core.Manifests.Reading;
using Cocona;
using Cocona.Application;
using Cocona.Builder;
using Cocona.Filters;

namespace AngelSlim.Cli.Commands;

/// <summary>What the arguments ask for.</summary>
/// <param name="Verb">What to do; null when there is nothing left to do: help was shown, or the arguments were wrong.</param>
/// <param name="ExitCode">When there is nothing left to do.</param>
internal sealed record Chosen(Func<Machine, int>? Verb, int ExitCode)
{
    /// <summary>What was probably meant, when the arguments were wrong; null when nothing comes near.</summary>
    public string? Advice { get; init; }
}

/// <summary>Arguments to a verb. The only file that knows how the parser behaves.</summary>
/// <remarks>
/// Cocona's core parses and shows help; the verb runs after it has returned, so that it catches no exceptions of ours. What is
/// cured here: it ends <c>--help</c> with 129, ends bad usage with 1 or 129, and drops arguments that are too many. Its host,
/// which reads <c>appsettings.json</c> of the user's folder and watches it, is not there (<see cref="ParserServices"/>).
/// </remarks>
internal static class CommandLine
{
    private static readonly string[] Asking = ["-h", "--help", "--version"];

    /// <summary>In the order of the help.</summary>
    public static IReadOnlyList<Type> Verbs { get; } =
    [
        typeof(NewVerb),
        typeof(RunVerb),
        typeof(SweepVerb),
        typeof(PlanVerb),
        typeof(ExplainVerb),
        typeof(ValidateVerb),
        typeof(RegressVerb),
        typeof(CompareVerb),
        typeof(BaselineSetVerb),
        typeof(BaselineShowVerb),
        typeof(BaselineBlessVerb),
        typeof(FetchVerb),
        typeof(StatusVerb),
        typeof(RunsVerb),
        typeof(ShowVerb),
        typeof(LogsVerb),
        typeof(DoctorVerb),
        typeof(GcVerb),
        typeof(PinVerb),
        typeof(UnpinVerb),
        typeof(CachePushVerb),
        typeof(CachePullVerb),
        typeof(CacheListVerb),
        typeof(CacheVerifyVerb),
        typeof(SchemaVerb),
        typeof(CompletionVerb),
        typeof(CompleteVerb),
    ];

    /// <summary>Parses. Help and complaints go to the console.</summary>
    public static async Task<Chosen> ParseAsync(string[] arguments, string version)
    {
        var choice = new Choice();
        void Add(ICoconaCommandsBuilder app)
        {
            app.UseFilter(new NoSuperfluousArguments());
            app.UseFilter(new NotesChanges(choice));
            foreach (var verbs in Candidates(arguments).GroupBy(verb => verb.GetCustomAttribute<VerbGroupAttribute>()?.Name ?? verb.Name))
            {
                AddVerbs(app, [.. verbs]);
            }
        }

        var parser = new ParserServices(arguments, Add, (typeof(ICoconaApplicationMetadataProvider), new Names(version)), (typeof(Choice), choice));
        await parser.RunAsync();

        var asked = arguments.Any(Asking.Contains);
        return choice.Verb is not null || asked ? new(choice.Verb, ExitCode.Done) : new(Verb: null, ExitCode.Usage) { Advice = Advice(arguments) };
    }

    /// <summary>The verbs that the parser has to know: reading the shape of all of them takes a tenth of a run that has nothing to do.</summary>
    /// <remarks>A verb alone would be the program's main command for the parser, so it stands beside the one that no help lists.</remarks>
    private static IEnumerable<Type> Candidates(string[] arguments)
    {
        var first = arguments.FirstOrDefault("");
        var typed = Verbs.Where(verb => verb.Name.Equals($"{first}Verb", StringComparison.OrdinalIgnoreCase) && verb != typeof(CompleteVerb)).ToList();
        if (typed.Count is 0 && first.Length > 0)
        {
            typed.AddRange(Verbs.Where(verb => verb.Name.StartsWith(first, StringComparison.OrdinalIgnoreCase) && verb.GetCustomAttribute<VerbGroupAttribute>()?.Name == first));
        }

        return typed.Count > 0 ? [.. typed, typeof(CompleteVerb)] : Verbs;
    }

    /// <summary>A verb, or all verbs with the same first word.</summary>
    private static void AddVerbs(ICoconaCommandsBuilder app, IReadOnlyList<Type> verbs)
    {
        if (verbs[0].GetCustomAttribute<VerbGroupAttribute>() is not { } group)
        {
            app.AddCommands(verbs[0]);
            return;
        }

        app.AddSubCommand(group.Name, inner => inner.AddCommands(verbs)).WithDescription(group.Description);
    }

    /// <summary>The parser names words that are like an unknown verb, and none that are like an unknown option.</summary>
    private static string? Advice(string[] arguments)
    {
        var verb = Verbs.Select(VerbShape.Of).FirstOrDefault(verb => verb.Begins(arguments));
        var unknown = arguments.TakeWhile(word => word is not "--").Select(word => word.Split('=')[0]).FirstOrDefault(word => word is ['-', '-', ..] && verb?.Find(word) is null);
        return unknown is not null && Suggestion.Nearest(unknown, verb?.Options.Select(option => "--" + option.Name) ?? []) is { } near ? $"Did you mean '{near}'?" : null;
    }

    private sealed class Names(string version) : ICoconaApplicationMetadataProvider
    {
        public string GetExecutableName() => "dotnet angelslim";

        public string GetProductName() => "dotnet angelslim";

        public string GetVersion() => version;

        public string GetDescription() => "Trains, checks and ships draft models for speculative decoding, as one manifest says.";
    }

    /// <summary>The parser hands out options by their kind; in which order they came is known only here.</summary>
    private sealed class NotesChanges(Choice choice) : ICommandFilter
    {
        private static readonly Dictionary<string, ChangeKind> Kinds = new()
        {
            ["set"] = ChangeKind.Set,
            ["set-file"] = ChangeKind.SetFile,
            ["unset"] = ChangeKind.Unset,
            ["axis"] = ChangeKind.Axis,
            ["zip"] = ChangeKind.Zip,
            ["exclude"] = ChangeKind.Exclude,
            ["max"] = ChangeKind.Max,
        };

        public ValueTask<int> OnCommandExecutionAsync(CoconaCommandExecutingContext ctx, CommandExecutionDelegate next)
        {
            // A loop, and no list where there is nothing: what collections make of structs is compiled anew in every process.
            SortedDictionary<int, ManifestChange>? changes = null;
            foreach (var option in ctx.ParsedCommandLine.Options)
            {
                if (Kinds.TryGetValue(option.Option.Name, out var kind))
                {
                    (changes ??= []).Add(option.Position, new ManifestChange(kind, option.Value ?? ""));
                }
            }

            choice.Changes = changes is null ? [] : [.. changes.Values];
            return next(ctx);
        }
    }

    private sealed class NoSuperfluousArguments : ICommandFilter
    {
        public ValueTask<int> OnCommandExecutionAsync(CoconaCommandExecutingContext ctx, CommandExecutionDelegate next)
        {
            var taken = ctx.Command.Arguments.Count;
            return ctx.ParsedCommandLine.Arguments.Count <= taken
                ? next(ctx)
                : throw new CommandExitedException($"Error: '{ctx.ParsedCommandLine.Arguments[taken].Value}' is one argument too many. See 'dotnet angelslim {VerbShape.Of(ctx.Command.Method.DeclaringType!).Name} --help'.", ExitCode.Usage);
        }
    }
}
