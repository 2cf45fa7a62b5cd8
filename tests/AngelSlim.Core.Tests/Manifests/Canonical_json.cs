using System.Globalization;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class Canonical_json
{
    [Theory]
    [InlineData("""{"b":1,"a":{"d":null,"c":[true,false]}}""", """{"a":{"c":[true,false],"d":null},"b":1}""")]
    [InlineData("""{ "Z": 1, "a": 2, "É": 3, "_": 4 }""", """{"Z":1,"_":4,"a":2,"É":3}""")]
    [InlineData("""[3, 1, 2]""", """[3,1,2]""")]
    public void Sorts_members_by_code_unit_and_leaves_lists_alone(string json, string canonical) =>
        Assert.Equal(canonical, CanonicalJson.Write(JsonNode.Parse(json)));

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("1e3", "1000")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("0.10", "0.1")]
    [InlineData("1e-8", "1E-08")]
    [InlineData("0.30000000000000004", "0.30000000000000004")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("1e400", null)]
    public void Has_one_spelling_for_a_number(string spelled, string? canonical)
    {
        if (canonical is null)
        {
            Assert.Throws<ArgumentException>(() => CanonicalJson.Write(JsonNode.Parse(spelled)));
            return;
        }

        Assert.Equal(canonical, CanonicalJson.Write(JsonNode.Parse(spelled)));
    }

    [Fact]
    public void Does_not_care_whether_a_number_was_parsed_or_set()
    {
        Assert.Equal("4", CanonicalJson.Write(JsonValue.Create(4.0)));
        Assert.Equal("4", CanonicalJson.Write(JsonValue.Create(4)));
        Assert.Equal("0.1", CanonicalJson.Write(JsonValue.Create(0.1f)));
        Assert.Equal("0.1", CanonicalJson.Write(JsonValue.Create(0.100m)));
    }

    [Theory]
    [InlineData("é😀\u2028<>&'+/", "\"é😀\u2028<>&'+/\"")]
    [InlineData("a\"b\\c\n\u0001\u007f", "\"a\\\"b\\\\c\\u000a\\u0001\u007f\"")]
    public void Escapes_only_what_json_demands(string value, string canonical) =>
        Assert.Equal(canonical, CanonicalJson.Write(JsonValue.Create(value)));

    [Fact]
    public void Escapes_a_lone_surrogate() =>
        Assert.Equal("\"\\ud83d-\\ude00\"", CanonicalJson.Write(JsonValue.Create("\ud83d-\ude00")));

    [Fact]
    public void Reads_back_as_the_same_value()
    {
        var random = new Random(20);
        for (var i = 0; i < 2_000; i++)
        {
            var value = Value(random, 4);
            var text = CanonicalJson.Write(value);
            Assert.True(JsonNode.DeepEquals(value, JsonNode.Parse(text)), text);
            Assert.Equal(text, CanonicalJson.Write(JsonNode.Parse(text)));
        }
    }

    [Fact]
    public void Is_the_same_for_every_order_of_members()
    {
        var random = new Random(21);
        for (var i = 0; i < 500; i++)
        {
            var value = Value(random, 4);
            Assert.Equal(CanonicalJson.Write(value), CanonicalJson.Write(Shuffled(value, random)));
        }
    }

    [Fact]
    public void Writes_settings_with_every_default_and_enums_as_words() => Assert.Equal(
        """{"dtype":"bfloat16","name":null,"rate":0.001,"steps":7,"tokens":[2,4]}""",
        CanonicalJson.Write(SettingsJson.Of(new Plain { Steps = 7 })));

    [Fact]
    public void Leaves_incidental_settings_out_at_every_depth_when_asked()
    {
        var settings = new Outer { Inner = new Inner { Result = 1, Workers = 8 }, Threads = 2, Derived = 3 };
        Assert.Equal(
            """{"derived":3,"inner":{"result":1}}""",
            CanonicalJson.Write(SettingsJson.Of(settings, Incidentals.LeftOut)));
        Assert.Equal(
            """{"derived":3,"inner":{"result":1,"workers":8},"threads":2}""",
            CanonicalJson.Write(SettingsJson.Of(settings)));
    }

    private static JsonNode? Value(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) is 0),
        2 => JsonValue.Create(random.Next(-1000, 1000)),
        3 => JsonValue.Create(BitConverter.Int64BitsToDouble(random.NextInt64() & 0x7FDF_FFFF_FFFF_FFFF)),
        4 => JsonValue.Create(Word(random)),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(5)).Select(i => KeyValuePair.Create(
            Word(random) + i.ToString(CultureInfo.InvariantCulture), Value(random, depth - 1)))),
    };

    private static string Word(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => new System.Text.Rune(random.Next(2) is 0 ? random.Next(0xD800) : random.Next(0xE000, 0x110000))));

    private static JsonNode? Shuffled(JsonNode? node, Random random)
    {
        switch (node)
        {
            case JsonObject members:
                var order = members.ToArray();
                random.Shuffle(order);
                return new JsonObject(order.Select(member => KeyValuePair.Create(member.Key, Shuffled(member.Value, random))));
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Shuffled(item, random))]);
            default:
                return node?.DeepClone();
        }
    }

    private sealed record Outer
    {
        public required Inner Inner { get; init; }

        [Incidental]
        public int Threads { get; init; }

        public int Derived { get; init; }

        public int Computed => Derived + 1;
    }

    private sealed record Plain
    {
        public string? Name { get; init; }

        public Dtype Dtype { get; init; } = Dtype.Bfloat16;

        public int Steps { get; init; } = 3;

        public double Rate { get; init; } = 1e-3;

        public IReadOnlyList<int> Tokens { get; init; } = [2, 4];
    }

    private sealed record Inner
    {
        public int Result { get; init; }

        [Incidental]
        public int Workers { get; init; }
    }
}
