using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>A schema and those that it refers to: finds what <c>$ref</c> and <c>$dynamicRef</c> mean.</summary>
/// <remarks>A resource is a schema with an address of its own (<c>$id</c>); all that stands in it has that address, up to the next <c>$id</c>.</remarks>
internal sealed class SchemaResources
{
    /// <summary>The address of a schema that has none.</summary>
    private const string Nameless = "schema:/root";

    private const string Validation = "https://json-schema.org/draft/2020-12/vocab/validation";

    private static readonly string[] Single =
    [
        "additionalProperties", "unevaluatedProperties", "items", "contains", "unevaluatedItems", "propertyNames", "not", "if", "then", "else", "contentSchema",
    ];

    private static readonly string[] Lists = ["allOf", "anyOf", "oneOf", "prefixItems"];

    private static readonly string[] Tables = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

    private readonly Dictionary<string, LocatedValue> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LocatedValue> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LocatedValue> _dynamicAnchors = new(StringComparer.Ordinal);
    private readonly Dictionary<LocatedValue, string> _addresses = new(ReferenceEqualityComparer.Instance);

    /// <summary>A schema alone, or with others.</summary>
    /// <param name="root">What documents are held against.</param>
    /// <param name="others">By address.</param>
    public SchemaResources(LocatedValue root, IReadOnlyDictionary<string, LocatedValue>? others = null)
    {
        Root = root;
        Index(root, Nameless);
        foreach (var (address, other) in others ?? new Dictionary<string, LocatedValue>())
        {
            Index(other, address);

            // Where it was found is an address of it too, whatever it calls itself.
            _resources.TryAdd(address, other);
        }
    }

    /// <summary>What documents are held against.</summary>
    public LocatedValue Root { get; }

    /// <summary>Some schema asks what the others have left, so that it has to be noted.</summary>
    public bool AsksForTheRest { get; private set; }

    /// <summary>Its address.</summary>
    public string RootAddress => _addresses[Root];

    /// <summary>The resource that a schema stands in.</summary>
    public string AddressOf(LocatedValue schema) => _addresses[schema];

    /// <summary>The schema that a reference in another means, whatever the scope.</summary>
    /// <exception cref="SchemaException">It leads nowhere.</exception>
    public LocatedValue Resolve(LocatedValue from, LocatedValue reference)
    {
        var address = Absolute(_addresses[from], reference.Text);
        var (resource, fragment) = Split(address);
        var found = fragment is "" or ['/', ..]
            ? _resources.GetValueOrDefault(resource) is { } root ? Follow(root, fragment, resource) : null
            : _anchors.GetValueOrDefault(address);
        return found ?? throw new SchemaException($"The reference {Shown.Quoted(reference.Text)} leads nowhere.", reference.Place);
    }

    /// <summary>The same for a <c>$dynamicRef</c>: of all resources come through, the outermost that has the anchor, if the reference leads to such an anchor at all.</summary>
    /// <exception cref="SchemaException">It leads nowhere.</exception>
    public LocatedValue ResolveDynamic(LocatedValue from, LocatedValue reference, Scope scope)
    {
        var found = Resolve(from, reference);
        var anchor = Split(reference.Text).Fragment;
        return anchor.Length > 0 && found.Find("$dynamicAnchor")?.Value.Text == anchor
            ? scope.Resources().Select(resource => _dynamicAnchors.GetValueOrDefault($"{resource}#{anchor}")).LastOrDefault(schema => schema is not null) ?? found
            : found;
    }

    /// <summary>Whether limits count: a schema whose dialect leaves the vocabulary out only combines schemas.</summary>
    public bool HasLimits(LocatedValue schema) =>
        _resources[_addresses[schema]].Find("$schema")?.Value.Text is not { } dialect
        || _resources.GetValueOrDefault(dialect)?.Find("$vocabulary")?.Value is not { } vocabulary
        || vocabulary.Find(Validation) is not null;

    private void Index(LocatedValue schema, string address)
    {
        if (Text(schema, "$id") is { } id)
        {
            address = Split(Absolute(address, id)).Resource;
        }

        AsksForTheRest |= schema.Find("unevaluatedItems") is not null || schema.Find("unevaluatedProperties") is not null;
        _addresses[schema] = address;
        _resources.TryAdd(address, schema);
        if (Text(schema, "$anchor") is { } anchor)
        {
            _anchors[$"{address}#{anchor}"] = schema;
        }

        if (Text(schema, "$dynamicAnchor") is { } dynamicAnchor)
        {
            _anchors[$"{address}#{dynamicAnchor}"] = schema;
            _dynamicAnchors[$"{address}#{dynamicAnchor}"] = schema;
        }

        foreach (var inner in schema.Members.SelectMany(Subschemas))
        {
            Index(inner, address);
        }
    }

    private static IEnumerable<LocatedValue> Subschemas(LocatedMember keyword) =>
        Single.Contains(keyword.Name) ? [keyword.Value]
        : Lists.Contains(keyword.Name) ? keyword.Value.Items
        : Tables.Contains(keyword.Name) ? keyword.Value.Members.Select(member => member.Value)
        : [];

    /// <summary>Goes where a JSON pointer says; what it passes may have an address of its own.</summary>
    private LocatedValue? Follow(LocatedValue at, string pointer, string address)
    {
        foreach (var part in pointer.Split('/').Skip(1))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            var next = at.Kind is JsonValueKind.Array
                ? int.TryParse(name, out var index) && index >= 0 && index < at.Items.Count ? at.Items[index] : null
                : at.Find(name)?.Value;
            if (next is null)
            {
                return null;
            }

            at = next;
            address = _addresses.GetValueOrDefault(at, address);
        }

        if (!_addresses.ContainsKey(at))
        {
            // A place that no keyword makes a schema of becomes one by being referred to.
            Index(at, address);
        }

        return at;
    }

    private static string? Text(LocatedValue schema, string keyword) =>
        schema.Find(keyword) is { Value: { Kind: JsonValueKind.String } value } ? value.Text : null;

    private static string Absolute(string address, string reference) =>
        reference is ['#', ..] ? address + Uri.UnescapeDataString(reference)
        : Uri.TryCreate(new Uri(address), reference, out var absolute) ? Uri.UnescapeDataString(absolute.ToString())
        : reference;

    private static (string Resource, string Fragment) Split(string address) =>
        address.Split('#', 2) is [var resource, var fragment] ? (resource, fragment) : (address, "");
}
