using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>One validation: goes through schema and document together, within bounds that no schema and no document can break.</summary>
/// <param name="resources">The schemas.</param>
/// <param name="document">What they are held against.</param>
internal sealed class SchemaWalk(SchemaResources resources, LocatedValue document)
{
    /// <summary>Schemas held against any value, on average. One that combines many holds few of them against most values.</summary>
    private const int StepsPerValue = 20;

    /// <summary>Besides: a small document may meet a large schema.</summary>
    private const int StepsAtLeast = 100_000;

    /// <summary>Schemas within schemas: each takes stack.</summary>
    private const int Deepest = 256;

    private static readonly TimeSpan LongestSearch = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestSearches = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Regex> _patterns = new(StringComparer.Ordinal);
    private readonly int _most = StepsAtLeast + (StepsPerValue * Values(document));
    private Open? _innermost;
    private TimeSpan _searching;
    private int _steps;

    /// <summary>Schemas by reference.</summary>
    public SchemaResources Resources => resources;

    /// <summary>Holds a schema against a value.</summary>
    /// <param name="schema">An object, <c>true</c> or <c>false</c>.</param>
    /// <param name="value">Against which.</param>
    /// <param name="path">Of the value.</param>
    /// <param name="scope">Resources come through.</param>
    /// <exception cref="SchemaException">The schema refers to itself without end, or takes too long.</exception>
    public Outcome Hold(LocatedValue schema, LocatedValue value, string path, Scope scope)
    {
        var outcome = new Outcome(new Evaluated(resources.AsksForTheRest));
        if (schema.Kind is not JsonValueKind.Object)
        {
            if (schema.Kind is JsonValueKind.False)
            {
                outcome.Findings.Add(new("false", path, schema, value));
            }

            return outcome;
        }

        if (++_steps > _most || _innermost?.Depth >= Deepest)
        {
            throw new SchemaException("The schema combines too many schemas.", schema.Place);
        }

        var outer = _innermost;
        for (var open = outer; open is not null; open = open.Outer)
        {
            if (ReferenceEquals(open.Schema, schema) && ReferenceEquals(open.Value, value))
            {
                throw new SchemaException("The schema refers to itself without end.", schema.Place);
            }
        }

        _innermost = new(schema, value, outer);
        new Held(this, schema, value, path, scope.Enter(resources.AddressOf(schema)), outcome).Check();
        _innermost = outer;
        return outcome;
    }

    /// <summary>Searches a text for a pattern.</summary>
    /// <exception cref="SchemaException">It is no pattern, or takes too long.</exception>
    public bool Matches(string text, string pattern, TextPlace place)
    {
        try
        {
            if (!_patterns.TryGetValue(pattern, out var regex))
            {
                _patterns[pattern] = regex = SchemaPattern.Compile(pattern, LongestSearch);
            }

            var start = Stopwatch.GetTimestamp();
            var found = regex.IsMatch(text);
            _searching += Stopwatch.GetElapsedTime(start);
            return _searching < LongestSearches ? found : throw new SchemaException("The patterns take too long.", place);
        }
        catch (Exception failure) when (failure is ArgumentException or RegexMatchTimeoutException)
        {
            throw new SchemaException($"The pattern {Shown.Quoted(pattern)} {(failure is ArgumentException ? "is none" : "takes too long")}.", place);
        }
    }

    private static int Values(LocatedValue value) => 1 + value.Items.Sum(Values) + value.Members.Sum(member => Values(member.Value));

    /// <summary>A schema that is just being held against a value.</summary>
    private sealed class Open(LocatedValue schema, LocatedValue value, Open? outer)
    {
        public LocatedValue Schema => schema;

        public LocatedValue Value => value;

        public Open? Outer => outer;

        public int Depth { get; } = outer is null ? 1 : outer.Depth + 1;
    }
}

/// <summary>What came of holding a schema against a value.</summary>
/// <param name="evaluated">What the schema has spoken of; nothing yet.</param>
internal sealed class Outcome(Evaluated evaluated)
{
    /// <summary>None when the value is valid.</summary>
    public List<SchemaFinding> Findings { get; } = [];

    /// <summary>What the schema has spoken of.</summary>
    public Evaluated Evaluated => evaluated;

    /// <summary>The value is valid.</summary>
    public bool IsValid => Findings.Count is 0;
}
