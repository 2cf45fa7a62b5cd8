using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas.Validation;
using CsCheck;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

/// <summary>Laws of canonical JSON and of edits, for values drawn at random; a failure says its seed.</summary>
public sealed class Any_json
{
    /// <summary>Every UTF-16 unit may come, halves of surrogate pairs too.</summary>
    private static readonly Gen<string> Words = Gen.OneOf(
        Gen.Char.Array[0, 5].Select(units => new string(units)),
        Gen.Int['a', 'd'].Array[0, 3].Select(letters => string.Concat(letters.Select(letter => (char)letter))),
        OneOf("\ud83d", "\ude00", "\ud83d\ude00", "\"\\", "\u2028", "\0"));

    private static readonly Gen<JsonNode?> Values = Value(3);

    /// <summary>Values that a file can hold: no half of a surrogate pair.</summary>
    private static readonly Gen<LocatedValue> Written = Values.Select(value => CanonicalJson.Write(value)).Where(text => !HasHalf(text))
        .Select(text => LocatedJson.Parse(Encoding.UTF8.GetBytes(text), new TextPlace("any", 1, 1)));

    private static readonly Gen<string[]> Paths = OneOf("a", "b", "c", "d").Array[1, 4];

    [Fact]
    public void Reads_back_as_itself() => Values.Select(value => CanonicalJson.Write(value)).Where(text => !HasHalf(text)).Sample(
        text => text == CanonicalJson.Write(JsonNode.Parse(text)),
        iter: 3_000);

    [Fact]
    public void Has_equal_text_exactly_when_it_is_equal() => Gen.Select(Values, Values, Gen.Bool).Sample(
        (one, other, copy) =>
        {
            other = copy ? one?.DeepClone() : other;
            return Equal(one, other) == (CanonicalJson.Write(one) == CanonicalJson.Write(other));
        },
        iter: 3_000);

    [Fact]
    public void Does_not_know_in_which_order_members_stood() => Values.Sample(
        value => CanonicalJson.Write(value) == CanonicalJson.Write(Reversed(value)),
        iter: 3_000);

    [Fact]
    public void Does_not_know_how_a_number_was_spelled() => Gen.Select(Gen.Int[-1_000_000, 1_000_000], Gen.Int[0, 6]).Sample(
        (number, shift) =>
        {
            var digits = number.ToString(CultureInfo.InvariantCulture);
            var expected = Canonical(digits);
            return expected == Canonical($"{digits}.000") && expected == Canonical($"{digits}e0") && expected == Canonical($"{digits}{new string('0', shift)}E-{shift}");
        },
        iter: 3_000);

    [Fact]
    public void Compares_numbers_as_decimals_do() => Gen.Select(Gen.Decimal[-1_000m, 1_000m], Gen.Decimal[-1_000m, 1_000m]).Sample(
        (one, other) => Math.Sign(ExactNumber.Parse(Spelled(one)).CompareTo(ExactNumber.Parse(Spelled(other)))) == one.CompareTo(other),
        iter: 3_000);

    [Fact]
    public void Has_the_value_that_was_set() => Gen.Select(Written, Paths, Written).Sample(
        (json, path, value) =>
        {
            var changed = new ManifestEdit(path, value, new TextPlace("--set", 1, 1)).ApplyTo(json);
            return ReferenceEquals(changed.Nearest(path), value) && changed.Members.Count(member => member.Name == path[0]) == Math.Max(1, json.Members.Count(member => member.Name == path[0]));
        },
        iter: 3_000);

    [Fact]
    public void Keeps_all_that_a_change_does_not_speak_of() => Gen.Select(Written, Paths, Written).Sample(
        (json, path, value) =>
        {
            var changed = new ManifestEdit(path, value, new TextPlace("--set", 1, 1)).ApplyTo(json);
            return json.Kind is not JsonValueKind.Object
                || json.Members.Where(member => member.Name != path[0]).SequenceEqual(changed.Members.Where(member => member.Name != path[0]), ReferenceEqualityComparer.Instance);
        },
        iter: 3_000);

    [Fact]
    public void Is_itself_when_what_is_taken_away_is_not_there() => Gen.Select(Written, Paths).Sample(
        (json, path) =>
        {
            var away = new ManifestEdit(path, null, new TextPlace("--unset", 1, 1));
            var without = away.ApplyTo(json);
            return ReferenceEquals(without, away.ApplyTo(without));
        },
        iter: 3_000);

    [Fact]
    public void Forgets_a_setting_that_came_and_went() => Gen.Select(Written.Where(json => json.Kind is JsonValueKind.Object), Paths, Written).Sample(
        (json, path, value) =>
        {
            string[] name = [path[0]];
            var away = new ManifestEdit(name, null, new TextPlace("--unset", 1, 1));
            return JsonEquality.Instance.Equals(away.ApplyTo(json), away.ApplyTo(new ManifestEdit(path, value, new TextPlace("--set", 1, 1)).ApplyTo(json)));
        },
        iter: 3_000);

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(index => words[index]);

    private static Gen<JsonNode?> Value(int depth)
    {
        var scalars = Gen.OneOf(
            Gen.Const((JsonNode?)null),
            Gen.Bool.Select(value => (JsonNode?)JsonValue.Create(value)),
            Gen.Int[-3, 3].Select(value => (JsonNode?)JsonValue.Create(value)),
            Gen.Long.Select(value => (JsonNode?)JsonValue.Create(value)),
            Gen.Double.Where(double.IsFinite).Select(value => (JsonNode?)JsonValue.Create(value)),
            Words.Select(value => (JsonNode?)JsonValue.Create(value)));
        return depth is 0 ? scalars : Gen.OneOf(
            scalars,
            Value(depth - 1).Array[0, 3].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
            Gen.Select(Words, Value(depth - 1)).Array[0, 4].Select(members => (JsonNode?)new JsonObject(
                members.DistinctBy(member => member.Item1).Select(member => KeyValuePair.Create(member.Item1, member.Item2?.DeepClone())))));
    }

    /// <summary>Equality by value, written without canonical JSON: numbers by what a double or a 64-bit integer holds.</summary>
    private static bool Equal(JsonNode? one, JsonNode? other) => (one, other) switch
    {
        (null, null) => true,
        (JsonObject x, JsonObject y) => x.Count == y.Count && x.All(member => y.TryGetPropertyValue(member.Key, out var found) && Equal(member.Value, found)),
        (JsonArray x, JsonArray y) => x.Count == y.Count && x.Zip(y).All(pair => Equal(pair.First, pair.Second)),
        (JsonValue x, JsonValue y) when x.GetValueKind() is JsonValueKind.Number && y.GetValueKind() is JsonValueKind.Number => Number(x) == Number(y),
        (JsonValue x, JsonValue y) when x.GetValueKind() is JsonValueKind.String && y.GetValueKind() is JsonValueKind.String => x.GetValue<string>() == y.GetValue<string>(),
        (JsonValue x, JsonValue y) => x.GetValueKind() == y.GetValueKind() && x.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => false,
    };

    private static ExactNumber Number(JsonValue value) => ExactNumber.Parse(value.ToJsonString());

    private static JsonNode? Reversed(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(member => KeyValuePair.Create(member.Key, Reversed(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Reversed)]),
        _ => node?.DeepClone(),
    };

    private static string Canonical(string number) => CanonicalJson.Write(JsonNode.Parse(number));

    private static string Spelled(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Only halves of surrogate pairs are written as such escapes, and no parser reads them.</summary>
    private static bool HasHalf(string json) => json.Contains("\\ud", StringComparison.Ordinal);
}
