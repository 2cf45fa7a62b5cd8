using AngelSlim.Cli.Commands;

namespace AngelSlim.Cli.Completion;

/// <summary>Says how the word at the cursor can go on.</summary>
/// <param name="verbs">Every verb.</param>
/// <param name="values">Knows values.</param>
internal sealed class Completer(IReadOnlyList<VerbShape> verbs, KnownValues values)
{
    private static readonly string[] Everywhere = ["--help"];
    private static readonly string[] WithoutVerb = ["--help", "--version"];

    /// <summary>What the word can become, sorted; a word that goes on after it ends with <c>/</c> or <c>=</c>.</summary>
    public IReadOnlyList<string> Complete(TypedLine line) =>
        [.. Candidates(line).Where(word => word.StartsWith(line.Current, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];

    private IEnumerable<string> Candidates(TypedLine line)
    {
        var verb = verbs.FirstOrDefault(verb => verb.Begins(line.Words));
        if (verb is null)
        {
            return NextWords(line.Words).Concat(line switch { { Current: not ['-', ..] } => [], { Words.Count: 0 } => WithoutVerb, _ => Everywhere });
        }

        var typed = new TypedVerb(verb, [.. line.Words.Skip(verb.Words.Count)]);
        if (typed.Awaited is { Value: { } value })
        {
            return values.Of(value, line.Current, typed);
        }

        if (line.Current is ['-', '-', ..] && line.Current.Split('=', 2) is [var name, var begun] && verb.Find(name) is { Value: { } joined })
        {
            return values.Of(joined, begun, typed).Select(word => $"{name}={word}");
        }

        if (line.Current is ['-', ..])
        {
            return verb.Options.Select(option => "--" + option.Name).Concat(Everywhere);
        }

        return typed.Arguments.Count < verb.Arguments.Count ? values.Of(verb.Arguments[typed.Arguments.Count], line.Current, typed) : [];
    }

    /// <summary>How verbs go on behind the words that are there.</summary>
    private IEnumerable<string> NextWords(IReadOnlyList<string> words) =>
        verbs.Where(verb => !verb.IsHidden && verb.Words.Count > words.Count && verb.Words.Take(words.Count).SequenceEqual(words)).Select(verb => verb.Words[words.Count]);
}

/// <summary>A verb and the finished words behind it.</summary>
internal sealed class TypedVerb
{
    private readonly List<(OptionShape Option, string Value)> _options = [];
    private readonly List<string> _arguments = [];

    /// <summary>Takes the words apart.</summary>
    public TypedVerb(VerbShape verb, IReadOnlyList<string> words)
    {
        Verb = verb;
        foreach (var word in words)
        {
            Take(word);
        }
    }

    /// <summary>Which verb.</summary>
    public VerbShape Verb { get; }

    /// <summary>The option whose value the next word is; null when the next word is none.</summary>
    public OptionShape? Awaited { get; private set; }

    /// <summary>Words that belong to no option.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>The word that the help calls so; null when it is not there yet.</summary>
    public string? Argument(string name)
    {
        var index = Verb.Arguments.ToList().IndexOf(name);
        return index >= 0 && index < _arguments.Count ? _arguments[index] : null;
    }

    /// <summary>The values of an option, in order.</summary>
    public IEnumerable<string> Values(string option) => _options.Where(given => given.Option.Name == option).Select(given => given.Value);

    private void Take(string word)
    {
        if (Awaited is { } awaited)
        {
            _options.Add((awaited, word));
            Awaited = null;
        }
        else if (word.Split('=', 2) is [var name, var value] && name is ['-', ..] && Verb.Find(name) is { Value: not null } joined)
        {
            _options.Add((joined, value));
        }
        else if (word is ['-', _, ..])
        {
            Awaited = Verb.Find(word) is { Value: not null } option ? option : null;
        }
        else
        {
            _arguments.Add(word);
        }
    }
}
