using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Jinja;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Text.Jinja;

public sealed class A_jinja_template
{
    /// <summary>The first set of renders was made with a date that ignores the format.</summary>
    private static readonly PythonFunction OneDate = new("strftime_now", _ => "26 Jul 2026");

    [Fact]
    public void Does_in_every_unit_case_what_Jinja2_does() => Assert.Empty(Units().Wrong);

    [Fact]
    public void Renders_chat_templates_as_transformers_does() => Assert.Empty(Sets().SelectMany(set => set.Wrong));

    /// <summary>Over what the repository carries; the shared sets have a section of their own.</summary>
    [Fact]
    public void Is_in_the_documentation_with_what_was_compared()
    {
        const string reference = "Beside Jinja2 3.1.6 in the environment of transformers' `apply_chat_template`, texts and errors alike. *absolute* counts the renders that differ in any character, or that fail in one and not in the other; *relative* is their share.";
        var sets = Sets().ToLookup(set => set.IsOwn, set => new FidelityRow(set.Subject, $"{set.Count} renders", "text or error", set.Wrong.Count, set.Wrong.Count / (double)set.Count, "0"));
        var units = Units();
        FidelityPage.Matches("Chat templates", reference + " Compared are those that the repository carries.", [new("units of the language", $"{units.Count} renders", "text, or error and its line", units.Wrong.Count, 0, "0"), .. sets[true]]);
        if (Golden.Shared is not null)
        {
            FidelityPage.Matches("Chat templates, complete", reference + " The complete sets: 39 published templates, each with 12 conversations, and 385 renders more that reach further lines of them.", [.. sets[false]]);
        }
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
    [InlineData("{% set x = 'a' * 8000000 %}{% set y = x ~ '' %}{% for i in range(100000) %}{% if x == y %}{% endif %}{% endfor %}")]
    [InlineData("{% set x = 'a' * 8000000 %}{% set d = {x: 1} %}{% set y = x ~ '' %}{% for i in range(100000) %}{% if d[y] %}{% endif %}{% endfor %}")]
    [InlineData("{% set x = '\U0001F600' * 4000000 %}{% for i in range(100000) %}{{ x[0] }}{% endfor %}")]
    [InlineData("{% set x = 'a' * 8000000 %}{{ x.find('a' * 4000000 ~ 'b' ~ 'a' * 64) }}")]
    [InlineData("{{ ('x' * 16000000)|list|length }}")]
    [InlineData("{{ ('x' * 16000000)[::2]|length }}")]
    [InlineData("{{ ([0] * 2000000)|length }}")]
    [InlineData("{{ ('a,' * 8000000).split(',')|length }}")]
    [InlineData("{% set x = 'A' * 1000000 %}{{ ([x] * 1000000)|sort|length }}")]
    [InlineData("{% set f = 'a' * 16000000 %}{% for i in range(100000) %}{% if f % () %}{% endif %}{% endfor %}")]
    [Provokes(ProblemCode.BadTemplate)]
    public void Ends_with_an_error_instead_of_a_hang_or_a_crash(string template)
    {
        var failure = Assert.Throws<DataException>(() => JinjaTemplate.Parse(template, "t.jinja").Render([], new FixedClock()));

        Assert.Equal(ProblemCode.BadTemplate, failure.Problem.Code);
        Assert.Equal(1, failure.Problem.Place!.Value.Line);
    }

    [Fact]
    public void Goes_through_a_long_text_by_index()
    {
        var template = JinjaTemplate.Parse(
            "{% set x = 'ab' * 4000000 %}{% set ns = namespace(n=0) %}{% for i in range(90000) %}{% if x[i] == 'b' and x[-1 - i] == 'a' %}{% set ns.n = ns.n + 1 %}{% endif %}{% endfor %}{{ ns.n }}", "t");

        Assert.Equal("45000", template.Render([], new FixedClock()));
    }

    /// <summary>Expected: Python.</summary>
    [Theory]
    [InlineData("{{ x[0] }}{{ x[1] }}{{ x[-1] }}{{ x[3] is defined }}", "a\U0001F600bFalse")]
    [InlineData("{{ x[1:] }}|{{ x[:2] }}|{{ x[-2:-1] }}|{{ x[::-1] }}|{{ x[2:1] }}", "\U0001F600b|a\U0001F600|\U0001F600|b\U0001F600a|")]
    [InlineData("{{ (x ~ x).strip('ba') }}|{{ x.strip('\U0001F600a') }}|{{ x.rstrip('b\U0001F600') }}", "\U0001F600ba\U0001F600|b|a")]
    [InlineData("{{ x|truncate(3) }}|{{ '%.2s' % x }}|{{ x|reverse }}|{{ (x ~ 'X').capitalize() }}", "a\U0001F600b|a\U0001F600|b\U0001F600a|A\U0001F600bx")]
    [InlineData("{% generation %}{{ x[0] }}{% endgeneration %}.", "a.")]
    [InlineData("{{ '{:,}'.format(1234567) }} {{ '{:,}'.format(12) }} {{ '{:,.1f}'.format(123456.0) }}", "1,234,567 12 123,456.0")]
    public void Counts_code_points(string template, string expected) => Assert.Equal(
        expected, JinjaTemplate.Parse("{% set x = 'a\U0001F600b' %}" + template, "t").Render([], new FixedClock()));

    [Fact]
    public void Reads_a_number_behind_a_point_as_any_other()
    {
        var template = JinjaTemplate.Parse("{% set x = range(40)|list %}{{ x.3 }} {{ x.1_0 }} {{ x.0x1F }} {{ x.0b11 }}", "t");

        Assert.Equal("3 10 31 3", template.Render([], new FixedClock()));
        Assert.Throws<DataException>(() => JinjaTemplate.Parse("{{ x." + new string('1', 1001) + " }}", "t"));
    }

    [Fact]
    public void Takes_infinity_and_NaN_as_Python_does()
    {
        var template = JinjaTemplate.Parse("{{ {1e999: 'a'}[1e999] }} {{ [3, 1e999 - 1e999, 1, 2]|sort|length }} {{ '%.2f' % 1e999 }} {{ 1e999|int(7) }}", "t");

        Assert.Equal("a 4 inf 7", template.Render([], new FixedClock()));
    }

    [Theory]
    [InlineData("a\n  {% include 'x' %}", 2, 6, "{% include %}")]
    [InlineData("{% if 1 %}\r\n{{ x }} {%- frobnicate -%}", 2, 13, "{% frobnicate %}")]
    [InlineData("{{ a }}{{ a|\n  shout }}", 2, 3, "the filter 'shout'")]
    [InlineData("{{ a is loud }}", 1, 6, "the test 'loud'")]
    [InlineData("{{ '\\N{DASH}' }}", 1, 4, "\\N{...}")]
    [InlineData("{% if %}", 1, 7, "'%}'")]
    [InlineData("{{ 1 }}\n  {{ 2 ? 3 }}", 2, 8, "unexpected character '?'")]
    [InlineData("{% if 1 %}\n {{ lipsum() }}{% endif %}", 2, 11, "the function 'lipsum'")]
    [InlineData("text {# comment", 1, 8, "'#}'")]
    public void Says_line_column_and_name_of_what_it_refuses(string template, int line, int column, string name)
    {
        var problem = Assert.Throws<DataException>(() => JinjaTemplate.Parse(template, "t.jinja").Render([], new FixedClock())).Problem;

        Assert.Equal(new TextPlace("t.jinja", line, column), problem.Place);
        Assert.Contains(name, problem.Message, StringComparison.Ordinal);
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

    private static Set Units()
    {
        using var cases = Read(Golden.Own("jinja", "unit-cases.json"));
        return new Set("units", IsOwn: true, cases.RootElement.GetArrayLength(), [.. cases.RootElement.EnumerateArray().Select(Judge).OfType<string>()]);
    }

    /// <summary>All renders of each template: its own conversations, and where they are the further ones.</summary>
    private static IEnumerable<Set> Sets()
    {
        var own = Golden.Own("templates", "chat-template-cases.json");
        foreach (var file in new[] { own, Golden.SharedBeside("data", "chat-template-cases.json") }.OfType<string>())
        {
            using var templates = Read(file);
            using var further = Golden.Shared is null || file == own ? null : Read(Path.Combine(Golden.Shared, "tokenizers", "chat-template-extra-cases.json"));
            foreach (var template in templates.RootElement.EnumerateObject())
            {
                var renders = template.Value.GetProperty("cases").EnumerateObject().Select(one => (one.Name, Input: one.Value.GetProperty("input"), one.Value, Date: (PythonFunction?)OneDate)).ToList();
                if (further is not null && further.RootElement.GetProperty("expected").TryGetProperty(template.Name, out var more))
                {
                    renders.AddRange(more.EnumerateObject().Select(one => (one.Name, further.RootElement.GetProperty("inputs").GetProperty(one.Name), one.Value, (PythonFunction?)null)));
                }

                yield return new Set(template.Name, file == own, renders.Count, [.. renders.SelectMany(one => Difference(
                    template.Name + ", " + one.Name, Rendered(template.Value, one.Input, one.Date), one.Value.TryGetProperty("expected", out var text) ? text.GetString() : null))]);
            }
        }
    }

    private static string? Judge(JsonElement one)
    {
        var id = one.GetProperty("id").GetString();
        var template = one.GetProperty("template").GetString()!;
        var expected = one.TryGetProperty("expected", out var text) ? text.GetString() : null;
        try
        {
            var actual = JinjaTemplate.Parse(template, "t").Render(one.TryGetProperty("context", out var context) ? Variables(context) : [], new FixedClock());
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
            return JinjaTemplate.Parse(template.GetProperty("template").GetString()!, "t").Render(variables, new FixedClock());
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

    private static List<KeyValuePair<string, object?>> Variables(JsonElement context) =>
        [.. context.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, JinjaValue.Of(member.Value)))];

    private static JsonDocument Read(string file) => JsonDocument.Parse(File.ReadAllBytes(file));

    private sealed record Set(string Subject, bool IsOwn, int Count, IReadOnlyList<string> Wrong);
}
