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
    private readonly HashSet<(LocatedValue, LocatedValue)> _open = new(Pairs.Instance);
    private readonly int _most = StepsAtLeast + (StepsPerValue * Values(document));
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
        var outcome = new Outcome();
        if (schema.Kind is not JsonValueKind.Object)
        {
            if (schema.Kind is JsonValueKind.False)
            {
                outcome.Findings.Add(new("false", path, schema, value));
            }

            return outcome;
        }

        if (++_steps > _most || _open.Count >= Deepest)
        {
            throw new SchemaException("The schema combines too many schemas.", schema.Place);
        }

        if (!_open.Add((schema, value)))
        {
            throw new SchemaException("The schema refers to itself without end.", schema.Place);
        }

        new Held(this, schema, value, path, scope.Enter(resources.AddressOf(schema)), outcome).Check();
        _open.Remove((schema, value));
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

    private sealed class Pairs : IEqualityComparer<(LocatedValue Schema, LocatedValue Value)>
    {
        public static readonly Pairs Instance = new();

        public bool Equals((LocatedValue Schema, LocatedValue Value) x, (LocatedValue Schema, LocatedValue Value) y) =>
            ReferenceEquals(x.Schema, y.Schema) && ReferenceEquals(x.Value, y.Value);

        public int GetHashCode((LocatedValue Schema, LocatedValue Value) obj) =>
            HashCode.Combine(ReferenceEqualityComparer.Instance.GetHashCode(obj.Schema), ReferenceEqualityComparer.Instance.GetHashCode(obj.Value));
    }
}

/// <summary>What came of holding a schema against a value.</summary>
internal sealed class Outcome
{
    /// <summary>None when the value is valid.</summary>
    public List<SchemaFinding> Findings { get; } = [];

    /// <summary>What the schema has spoken of.</summary>
    public Evaluated Evaluated { get; } = new();

    /// <summary>The value is valid.</summary>
    public bool IsValid => Findings.Count is 0;
}
