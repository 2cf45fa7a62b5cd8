using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_mask_of_generation_blocks(ITestOutputHelper output)
{
    private const string Marked = "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}{% else %}{{ m.content }}<|im_end|>{% endif %}\n{% endfor %}";

    [Fact]
    public void Is_that_of_transformers()
    {
        if (Golden.Shared is null)
        {
            output.WriteLine("Skipped: there is no shared golden folder.");
            return;
        }

        var (cases, wrong) = Compared();
        output.WriteLine($"{cases} cases, {wrong.Count} faults");
        Assert.Empty(wrong);
    }

    /// <summary>All marked conversations of the shared goldens: how many there are, and what differs.</summary>
    internal static (int Cases, IReadOnlyList<string> Wrong) Compared()
    {
        var wrong = new List<string>();
        var families = TokenizerGoldens.Parse(Path.Combine(Golden.Shared!, "masks", "generation.json"));
        foreach (var family in families.EnumerateArray())
        {
            var (template, tokenizer) = (MaskGoldens.Template(family), MaskGoldens.Tokenizer(family.GetProperty("tokenizer").GetString()!));
            wrong.AddRange(family.GetProperty("cases").EnumerateArray()
                .SelectMany(one => Judge(template, tokenizer, one).Select(fault => $"{family.GetProperty("family")}, {one.GetProperty("name")}: {fault}")));
        }

        return (families.EnumerateArray().Sum(family => family.GetProperty("cases").GetArrayLength()), wrong);
    }

    [Fact]
    public void Counts_every_block_of_a_conversation()
    {
        var row = Assert.Single(Tokens(Marked).Rows(Read("hi", "hello", "and", "so"), "row", RowsPer.Auto));

        Assert.Equal("hello<|im_end|>so<|im_end|>", TinyTarget.Tokenizer().Decode([.. row.Ids.Where((_, index) => row.Mask[index])]));
    }

    [Theory]
    [InlineData("{% for m in messages %}{{ m.content }}{% endfor %}", "no {% generation %} block was rendered")]
    [InlineData("{% macro said(m) %}{% generation %}{{ m.content }}{% endgeneration %}{% endmacro %}{% for m in messages %}{{ said(m) }}{% endfor %}", "{% generation %} stands in a macro")]
    public void Is_refused_where_nothing_is_marked_or_the_marks_have_no_place(string template, string why)
    {
        var problem = Assert.Throws<DataException>(() => Tokens(template).Rows(Read("a", "b"), "row", RowsPer.Auto)).Problem;

        Assert.Equal((ProblemCode.BadTemplate, "t.jinja"), (problem.Code, problem.Place!.Value.File));
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Judge(ChatTemplate template, Tokenizer tokenizer, JsonElement one)
    {
        var conversation = MaskGoldens.Conversation(one);
        var rendered = template.RenderMarked(conversation.Messages, conversation.Arguments);
        var expected = one.GetProperty("transformers").GetString()!;
        string[] spans = [.. rendered.Generated.Select(span => $"{Runes(rendered.Text, span.Start)}-{Runes(rendered.Text, span.End)}")];
        string[] marks = [.. one.GetProperty("spans").EnumerateArray().Select(span => $"{span[0]}-{span[1]}")];
        var mask = rendered.Generated.Count is 0
            ? new string('0', expected.Length)
            : string.Concat(new GenerationMask(template, tokenizer).Row(conversation, "row").Mask.Select(counts => counts ? '1' : '0'));
        return
        [
            .. rendered.Text == one.GetProperty("text").GetString() ? Array.Empty<string>() : ["another text"],
            .. spans.SequenceEqual(marks) ? Array.Empty<string>() : [$"{string.Join(' ', spans)}, expected {string.Join(' ', marks)}"],
            .. mask == expected ? Array.Empty<string>() : [$"{mask}, expected {expected}"],
        ];
    }

    private static int Runes(string text, int units) => text[..units].EnumerateRunes().Count();

    private static ConversationTokens Tokens(string template) => new(
        ChatTemplate.Of(template, "t.jinja", new FixedClock(), new Dictionary<string, string>()), TinyTarget.Tokenizer(), new HashSet<int> { TinyTarget.StopId }, LossMask.Generation);

    private static Conversation Read(params string[] said) => ConversationReader.Read(Rows.Line(Rows.Chat(said).ToJsonString()));
}
