using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Text;

public sealed class An_exact_mask(ITestOutputHelper output)
{
    [Fact]
    public void Counts_exactly_what_the_target_would_generate()
    {
        var wrong = new List<string>();
        foreach (var family in MaskGoldens.Families())
        {
            var found = family.Cases.SelectMany(one => Judge(family, one).Select(fault => $"{family}, {one.GetProperty("name")}: {fault}")).ToList();
            output.WriteLine($"{family.Cases.Count} cases, {found.Count} faults in {family.File}");
            wrong.AddRange(found);
        }

        Assert.Empty(wrong);
    }

    /// <summary>A row that is cut keeps the beginning of its mask: how many tokens count at each length is in the goldens.</summary>
    [Fact]
    public void Counts_what_is_left_of_an_answer_that_is_cut()
    {
        var wrong = from family in MaskGoldens.Families()
                    from one in family.Cases
                    where IsCutOtherwise(family, one)
                    select $"{family}, {one.GetProperty("name")}";

        Assert.Empty(wrong);
    }

    /// <summary>Over the families that the repository carries; those of the shared folder have a section of their own.</summary>
    [Fact]
    public void Is_in_the_documentation_with_what_was_compared()
    {
        const string reference = "Beside masks made with transformers' templates and `tokenizers`, confirmed against speculators and against transformers' own `{% generation %}` masks. *absolute* counts the cases that differ in text, ids, first, last or any counted token; *relative* is their share.";
        var families = MaskGoldens.Families().ToLookup(family => family.File.StartsWith(Golden.Own(), StringComparison.Ordinal), Compared);
        FidelityPage.Matches("Loss masks", reference + " Compared are those that the repository carries.", [.. families[true].SelectMany(rows => rows)]);
        if (Golden.Shared is not null)
        {
            var (cases, wrong) = A_mask_of_generation_blocks.Compared();
            Assert.Empty(wrong);
            var marked = new FidelityRow("six families", $"{cases} conversations", "the mask of `{% generation %}` blocks", wrong.Count, 0, "0");
            FidelityPage.Matches("Loss masks, complete", reference + " The complete set: also Hunyuan's three templates and the real vocabularies.", [.. families[false].SelectMany(rows => rows), marked]);
        }
    }

    private static FidelityRow[] Compared(MaskFamily family)
    {
        var (rows, cuts) = (family.Cases.SelectMany(one => one.GetProperty("rows").EnumerateArray()).Count(), family.Cases.Count(one => one.TryGetProperty("truncated", out _)));
        (string Case, string What, int Of, int Different)[] judged =
        [
            ($"{family.Cases.Count} conversations", "the mask of the whole", family.Cases.Count, family.Cases.Count(one => Judge(family, one).Any())),
            ($"{rows} answers", "a row for each answer", rows, family.Cases.Sum(one => one.GetProperty("rows").EnumerateArray().Count(row => Rows_of_a_conversation.Judge(family, one, row).Any()))),
            ($"{cuts} conversations", "what counts when the row is cut", cuts, family.Cases.Count(one => IsCutOtherwise(family, one))),
        ];
        Assert.All(judged, one => Assert.Equal(0, one.Different));
        return [.. judged.Select(one => new FidelityRow(family.ToString(), one.Case, one.What, one.Different, one.Different / (double)one.Of, "0"))];
    }

    private static bool IsCutOtherwise(MaskFamily family, JsonElement one)
    {
        if (!one.TryGetProperty("truncated", out var cuts))
        {
            return false;
        }

        var row = family.Tokens().Tokenize(MaskGoldens.Conversation(one), "row");
        return cuts.EnumerateObject().Any(cut => row.Cut(int.Parse(cut.Name, CultureInfo.InvariantCulture)).Counted != cut.Value.GetProperty("exact").GetInt32());
    }

    private static IEnumerable<string> Judge(MaskFamily family, JsonElement one)
    {
        var (mask, conversation) = (family.Mask(), MaskGoldens.Conversation(one));
        if (family.Template.Render(conversation.Messages, conversation.Arguments) != one.GetProperty("text").GetString())
        {
            return ["another text"];
        }

        if (one.TryGetProperty("error", out _))
        {
            return Record.Exception(() => mask.Find(conversation)) is DataException { Problem.Code: ProblemCode.BadRow } ? [] : ["not refused"];
        }

        var found = mask.Find(conversation);
        var actual = string.Concat(found.Mask().Select(counts => counts ? '1' : '0'));
        var turns = string.Join(' ', found.Answers.Select(answer => $"{answer.Message}:{answer.First}-{answer.End}{answer.Stopped}"));
        var expected = string.Join(' ', one.GetProperty("turns").EnumerateArray().Select(turn =>
            $"{turn.GetProperty("message")}:{turn.GetProperty("first")}-{turn.GetProperty("end")}{turn.GetProperty("stopped").GetBoolean()}"));
        return
        [
            .. found.Tokens.Ids.SequenceEqual(one.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())) ? Array.Empty<string>() : ["other ids"],
            .. actual == one.GetProperty("exact").GetString() ? Array.Empty<string>() : [$"{actual}, expected {one.GetProperty("exact")}"],
            .. turns == expected ? Array.Empty<string>() : [$"{turns}, expected {expected}"],
        ];
    }
}
