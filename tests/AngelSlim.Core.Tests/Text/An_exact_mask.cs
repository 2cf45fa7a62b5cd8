using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Manifests;
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
                    where one.TryGetProperty("truncated", out _)
                    let row = family.Tokens().Tokenize(MaskGoldens.Conversation(one), "row")
                    from cut in one.GetProperty("truncated").EnumerateObject()
                    let length = int.Parse(cut.Name, CultureInfo.InvariantCulture)
                    where row.Cut(length).Counted != cut.Value.GetProperty("exact").GetInt32()
                    select $"{family}, {one.GetProperty("name")}, {length} tokens";

        Assert.Empty(wrong);
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
