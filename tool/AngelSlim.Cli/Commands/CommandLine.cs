using AngelSlim.Core.Manifests.Reading;
using Cocona;
using Cocona.Application;
using Cocona.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace AngelSlim.Cli.Commands;

/// <summary>What the arguments ask for.</summary>
/// <param name="Verb">What to do; null when there is nothing left to do: help was shown, or the arguments were wrong.</param>
/// <param name="ExitCode">When there is nothing left to do.</param>
internal sealed record Chosen(Func<Machine, int>? Verb, int ExitCode);

/// <summary>Arguments to a verb. The only file that knows how the parser behaves.</summary>
/// <remarks>
/// Cocona parses and shows help; the verb runs after it has returned, so that its host hears no signals and catches no
/// exceptions of ours. What is cured here: it reads <c>appsettings.json</c> of the user's folder and watches it (crashes on
/// a bad one), ends <c>--help</c> with 129, ends bad usage with 1 or 129, and drops arguments that are too many.
/// </remarks>
internal static class CommandLine
{
    private static readonly string[] Asking = ["-h", "--help", "--version"];

    /// <summary>Parses. Help and complaints go to the console.</summary>
    public static async Task<Chosen> ParseAsync(string[] arguments, string version)
    {
        Environment.SetEnvironmentVariable("DOTNET_CONTENTROOT", AppContext.BaseDirectory);
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        var choice = new Choice();
        var builder = CoconaApp.CreateBuilder(arguments);
        builder.Services.AddSingleton<ICoconaApplicationMetadataProvider>(new Names(version));
        builder.Services.AddSingleton(choice);
        using var app = builder.Build();
        app.UseFilter(new NoSuperfluousArguments());
        app.UseFilter(new NotesChanges(choice));
        AddVerbs(app);
        await app.RunAsync();

        var asked = arguments.Any(Asking.Contains);
        return new(choice.Verb, choice.Verb is not null || asked ? ExitCode.Done : ExitCode.Usage);
    }

    /// <summary>In the order of the help.</summary>
    private static void AddVerbs(CoconaApp app)
    {
        app.AddCommands<RunVerb>();
        app.AddCommands<PlanVerb>();
        app.AddCommands<ValidateVerb>();
        app.AddCommands<StatusVerb>();
        app.AddCommands<SchemaVerb>();
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
        private static readonly Dictionary<string, ChangeKind> Kinds = new() { ["set"] = ChangeKind.Set, ["set-file"] = ChangeKind.SetFile, ["unset"] = ChangeKind.Unset };

        public ValueTask<int> OnCommandExecutionAsync(CoconaCommandExecutingContext ctx, CommandExecutionDelegate next)
        {
            choice.Changes =
            [
                .. from option in ctx.ParsedCommandLine.Options
                   where Kinds.ContainsKey(option.Option.Name)
                   orderby option.Position
                   select new ManifestChange(Kinds[option.Option.Name], option.Value ?? ""),
            ];
            return next(ctx);
        }
    }

    private sealed class NoSuperfluousArguments : ICommandFilter
    {
        public ValueTask<int> OnCommandExecutionAsync(CoconaCommandExecutingContext ctx, CommandExecutionDelegate next)
        {
            var superfluous = ctx.ParsedCommandLine.Arguments.Skip(ctx.Command.Arguments.Count).Select(argument => argument.Value).ToList();
            return superfluous.Count is 0
                ? next(ctx)
                : throw new CommandExitedException($"Error: '{superfluous[0]}' is one argument too many. See 'dotnet angelslim {ctx.Command.Name} --help'.", ExitCode.Usage);
        }
    }
}
