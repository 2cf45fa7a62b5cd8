using System.Reflection;
using System.Text.Json;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>An option of a verb.</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="Value">What its value is, as the help calls it: <c>folder</c>; null when it has none.</param>
/// <param name="ShortNames">Single letters that mean the same.</param>
internal sealed record OptionShape(string Name, string? Value, IReadOnlyList<char> ShortNames);

/// <summary>What a verb can be asked: read from the methods that the parser reads, so that nothing is listed twice.</summary>
/// <param name="Name">As it is typed: one word, or two.</param>
/// <param name="IsHidden">The help does not list it.</param>
/// <param name="Options">Its options, but for those that every verb has.</param>
/// <param name="Arguments">What its arguments are, in order, as the help calls them.</param>
internal sealed record VerbShape(string Name, bool IsHidden, IReadOnlyList<OptionShape> Options, IReadOnlyList<string> Arguments)
{
    /// <summary>The words of its name.</summary>
    public IReadOnlyList<string> Words { get; } = Name.Split(' ');

    /// <summary>Of a class with one verb.</summary>
    public static VerbShape Of(Type verb)
    {
        var method = verb.GetMethods().Single(method => method.IsDefined(typeof(CommandAttribute)));
        var parameters = method.GetParameters().SelectMany(Flat).ToList();
        return new(
            (verb.GetCustomAttribute<VerbGroupAttribute>() is { } group ? group.Name + " " : "") + (method.GetCustomAttribute<CommandAttribute>()!.Name ?? Word(method.Name)),
            method.IsDefined(typeof(HiddenAttribute)),
            [.. parameters.Select(Option).OfType<OptionShape>()],
            [.. from parameter in parameters
                let argument = parameter.GetCustomAttribute<ArgumentAttribute>()
                where argument is not null
                select argument.Name ?? Word(parameter.Name!)]);
    }

    /// <summary>A command line is one of this verb.</summary>
    /// <param name="words">Of the line.</param>
    public bool Begins(IEnumerable<string> words) => Words.SequenceEqual(words.Take(Words.Count));

    /// <summary>The option of a name with its dashes; null when it has none.</summary>
    public OptionShape? Find(string typed) => Options.FirstOrDefault(option => typed == "--" + option.Name || (typed is ['-', var letter] && option.ShortNames.Contains(letter)));

    /// <summary>Options that several verbs share stand in a record, whose constructor the parser reads.</summary>
    private static IEnumerable<ParameterInfo> Flat(ParameterInfo parameter) => parameter.ParameterType.IsAssignableTo(typeof(ICommandParameterSet))
        ? parameter.ParameterType.GetConstructors().Single(constructor => constructor.GetParameters().Length > 1 || constructor.GetParameters()[0].ParameterType != parameter.ParameterType).GetParameters().SelectMany(Flat)
        : [parameter];

    private static OptionShape? Option(ParameterInfo parameter) => parameter.GetCustomAttribute<OptionAttribute>() is { } option
        ? new(option.Name ?? Word(parameter.Name!), parameter.ParameterType == typeof(bool) ? null : option.ValueName ?? "value", option.ShortNames)
        : null;

    private static string Word(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
