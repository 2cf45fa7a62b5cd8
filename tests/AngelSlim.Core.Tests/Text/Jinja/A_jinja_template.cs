using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Jinja;
using AngelSlim.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Text.Jinja;

public sealed class A_jinja_template(ITestOutputHelper output)
{
    /// <summary>The first set of renders was made with a date that ignores the format.</summary>
    private static readonly PythonFunction OneDate = new("strftime_now", _ => "26 Jul 2026");

    [Fact]
    public void Does_in_every_unit_case_what_Jinja2_does()
    {
        using var cases = Read(Golden.Own("jinja", "unit-cases.json"));
        var wrong = cases.RootElement.EnumerateArray().Select(Judge).OfType<string>().ToList();
        output.WriteLine($"{cases.RootElement.GetArrayLength() - wrong.Count} of {cases.RootElement.GetArrayLength()} unit cases");

        Assert.Empty(wrong);
    }

    [Fact]
    public void Renders_chat_templates_as_transformers_does()
    {
        var wrong = new List<string>();
        foreach (var file in new[] { Golden.Own("templates", "chat-template-cases.json"), Golden.SharedBeside("data", "chat-template-cases.json") }.OfType<string>())
        {
            using var templates = Read(file);
            var count = 0;
            foreach (var template in templates.RootElement.EnumerateObject())
            {
                foreach (var one in template.Value.GetProperty("cases").EnumerateObject())
                {
                    count++;
                    var expected = one.Value.TryGetProperty("expected", out var text) ? text.GetString() : null;
                    wrong.AddRange(Difference(template.Name + ", " + one.Name, Rendered(template.Value, one.Value.GetProperty("input"), OneDate), expected));
                }
            }

            output.WriteLine($"{count} renders in {file}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Renders_the_further_cases_of_chat_templates()
    {
        if (Golden.Shared is null)
        {
            output.WriteLine("Skipped: there is no shared golden folder.");
            return;
        }

        using var templates = Read(Golden.SharedBeside("data", "chat-template-cases.json")!);
        using var cases = Read(Path.Combine(Golden.Shared, "tokenizers", "chat-template-extra-cases.json"));
        var wrong = new List<string>();
        var count = 0;
        foreach (var template in cases.RootElement.GetProperty("expected").EnumerateObject())
        {
            foreach (var one in template.Value.EnumerateObject())
            {
                count++;
                var input = cases.RootElement.GetProperty("inputs").GetProperty(one.Name);
                var expected = one.Value.TryGetProperty("expected", out var text) ? text.GetString() : null;
                wrong.AddRange(Difference(template.Name + ", " + one.Name, Rendered(templates.RootElement.GetProperty(template.Name), input, null), expected));
            }
        }

        output.WriteLine($"{count - wrong.Count} of {count} further renders");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Knows_what_the_model_says_where_the_template_marks_it()
    {
        using var cases = Read(Golden.Own("masks", "generation.json"));
        var wrong = new List<string>();
        foreach (var family in cases.RootElement.EnumerateArray())
        {
            var template = JinjaTemplate.Parse(family.GetProperty("template").GetString()!, "template");
            foreach (var one in family.GetProperty("cases").EnumerateArray())
            {
                wrong.AddRange(JudgeSpans(template, family, one));
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x == [ns.x[0], ns.x[0]] }}{{ ns.x|tojson }}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}")]
    [InlineData("{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{{ 'x' * 999999999999 }}")]
    [InlineData("{{ [0] * 999999999 }}")]
    [InlineData("{{ 9 ** (9 ** 9) }}")]
    [InlineData("{{ 'x'.center(2000000000) }}")]
    [InlineData("{{ range(-2147483648, 2147483647) }}")]
    [InlineData("{{ {1: 1, 'a': 2}|tojson(sort_keys=true) }}")]
    [InlineData("{{ [1, 'a']|sort }}")]
    [InlineData("{{ '%2000000000d' % 1 }}")]
    [InlineData("{{ '{:>99999999}'.format(1) }}")]
    [InlineData("{{ ('a' * 1000000).replace('a', 'b' * 1000000) }}")]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{{ [1]|batch(2000000000, 'x')|list }}")]
    [InlineData("{{ 'a\\tb'.expandtabs(2000000000) }}")]
    [InlineData("{% set x = range(100000)|join(',') %}{% for i in range(100000) %}{{ x.split(',')|sort|join|length }}{% endfor %}")]
    public void Ends_with_an_error_instead_of_a_hang_or_a_crash(string template)
    {
        var failure = Assert.Throws<DataException>(() => JinjaTemplate.Parse(template, "t.jinja").Render([], new FixedClock()));

        Assert.Equal(ProblemCode.BadTemplate, failure.Problem.Code);
        Assert.Equal(1, failure.Problem.Place!.Value.Line);
    }

    [Fact]
    public void Takes_infinity_and_NaN_as_Python_does()
    {
        var template = JinjaTemplate.Parse("{{ {1e999: 'a'}[1e999] }} {{ [3, 1e999 - 1e999, 1, 2]|sort|length }} {{ '%.2f' % 1e999 }} {{ 1e999|int(7) }}", "t");

        Assert.Equal("a 4 inf 7", template.Render([], new FixedClock()).Text);
    }

    [Fact]
    public void Refuses_what_nests_without_end()
    {
        foreach (var template in new[]
        {
            "{{ " + new string('(', 100_000) + "1" + new string(')', 100_000) + " }}",
            "{{ " + string.Concat(Enumerable.Repeat("not ", 100_000)) + "1 }}",
            "{{ " + string.Concat(Enumerable.Repeat("- ", 100_000)) + "1 }}",
            "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 100_000)) + " }}",
            "{{ x" + string.Concat(Enumerable.Repeat("|trim", 100_000)) + " }}",
            "{{ 1" + string.Concat(Enumerable.Repeat(" if 1 else 1", 100_000)) + " }}",
            string.Concat(Enumerable.Repeat("{% if 1 %}", 100_000)),
        })
        {
            Assert.Throws<DataException>(() => JinjaTemplate.Parse(template, "t.jinja").Render([], new FixedClock()));
        }
    }

    [Fact]
    public void Survives_random_damage()
    {
        using var templates = Read(Golden.Own("templates", "chat-template-cases.json"));
        var random = new Random(7);
        foreach (var template in templates.RootElement.EnumerateObject())
        {
            var source = template.Value.GetProperty("template").GetString()!;
            var input = template.Value.GetProperty("cases").EnumerateObject().Last(one => one.Name is "tools").Value.GetProperty("input");
            for (var turn = 0; turn < 60; turn++)
            {
                var failure = Record.Exception(() => JinjaTemplate.Parse(Damaged(source, random), "t.jinja").Render(Variables(input), new FixedClock()));
                Assert.True(failure is null or DataException, failure?.ToString());
            }
        }
    }

    private static string Damaged(string source, Random random)
    {
        const string Pieces = "{}%#-()[]|.,'\"\\ ~+*=:0az\n";
        var text = source.ToCharArray().ToList();
        for (var change = random.Next(1, 6); change > 0; change--)
        {
            var at = random.Next(text.Count);
            switch (random.Next(3))
            {
                case 0:
                    text[at] = Pieces[random.Next(Pieces.Length)];
                    break;
                case 1:
                    text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at));
                    break;
                default:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return new string([.. text]);
    }

    private static string? Judge(JsonElement one)
    {
        var id = one.GetProperty("id").GetString();
        var template = one.GetProperty("template").GetString()!;
        var expected = one.TryGetProperty("expected", out var text) ? text.GetString() : null;
        try
        {
            var actual = JinjaTemplate.Parse(template, "t").Render(one.TryGetProperty("context", out var context) ? Variables(context) : [], new FixedClock()).Text;
            return actual == expected ? null : $"{id}: {template} gave {JsonSerializer.Serialize(actual)}, expected {JsonSerializer.Serialize(expected)}";
        }
        catch (DataException failure)
        {
            var line = one.TryGetProperty("line", out var number) && number.ValueKind is JsonValueKind.Number ? number.GetInt32() : (int?)null;
            return expected is null && (line is null || line == failure.Problem.Place!.Value.Line) ? null : $"{id}: {template}: {failure.Message}; line {line}, expected {expected}";
        }
    }

    private static string? Rendered(JsonElement template, JsonElement input, PythonFunction? date)
    {
        var variables = Variables(input);
        if (date is not null)
        {
            variables.Add(KeyValuePair.Create("strftime_now", (object?)date));
        }

        try
        {
            return JinjaTemplate.Parse(template.GetProperty("template").GetString()!, "t").Render(variables, new FixedClock()).Text;
        }
        catch (DataException failure)
        {
            return "ERROR " + failure.Message;
        }
    }

    private static IEnumerable<string> Difference(string name, string? actual, string? expected)
    {
        if (expected is null ? !actual!.StartsWith("ERROR", StringComparison.Ordinal) : actual != expected)
        {
            yield return $"{name}: {JsonSerializer.Serialize(actual)}, expected {JsonSerializer.Serialize(expected)}";
        }
    }

    private static IEnumerable<string> JudgeSpans(JinjaTemplate template, JsonElement family, JsonElement one)
    {
        var input = new JsonObject
        {
            ["messages"] = JsonNode.Parse(one.GetProperty("messages").GetRawText()),
            ["bos_token"] = family.TryGetProperty("bosToken", out var bos) ? bos.GetString() : "",
            ["add_generation_prompt"] = false,
        };
        if (one.TryGetProperty("arguments", out var arguments))
        {
            foreach (var argument in arguments.EnumerateObject())
            {
                input[argument.Name] = JsonNode.Parse(argument.Value.GetRawText());
            }
        }

        using var variables = JsonDocument.Parse(input.ToJsonString());
        var rendering = template.Render(Variables(variables.RootElement), new FixedClock());
        var actual = string.Join(' ', rendering.Generations.Select(span => $"{Python.LengthOf(rendering.Text[..span.Start])}-{Python.LengthOf(rendering.Text[..span.End])}"));
        var expected = string.Join(' ', one.GetProperty("spans").EnumerateArray().Select(span => $"{span[0]}-{span[1]}"));
        if (actual != expected)
        {
            yield return $"{family.GetProperty("family")}, {one.GetProperty("name")}: {actual}, expected {expected}";
        }
    }

    private static List<KeyValuePair<string, object?>> Variables(JsonElement context) =>
        [.. context.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, JinjaValue.Of(member.Value)))];

    private static JsonDocument Read(string file) => JsonDocument.Parse(File.ReadAllBytes(file));
}
