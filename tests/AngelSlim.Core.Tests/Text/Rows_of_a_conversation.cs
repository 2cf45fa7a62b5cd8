using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Text;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Text;

public sealed class Rows_of_a_conversation(ITestOutputHelper output)
{
    [Fact]
    public void Are_one_for_each_answer_where_that_is_asked()
    {
        var wrong = new List<string>();
        foreach (var family in MaskGoldens.Families())
        {
            var turns = (from one in family.Cases from row in one.GetProperty("rows").EnumerateArray() select (one, row)).ToList();
            var found = turns.SelectMany(turn => Judge(family, turn.one, turn.row).Select(fault => $"{family}, {turn.one.GetProperty("name")}, message {turn.row.GetProperty("message")}: {fault}")).ToList();
            output.WriteLine($"{turns.Count} rows, {found.Count} faults in {family.File}");
            wrong.AddRange(found);
        }

        Assert.Empty(wrong);
    }

    /// <summary>The law of <c>auto</c>: whichever form it takes, answer by answer the tokens that count are those of the answer's own row.</summary>
    [Fact]
    public void Count_what_the_target_would_have_generated_turn_by_turn()
    {
        var (whole, split) = (0, 0);
        foreach (var family in MaskGoldens.Families())
        {
            foreach (var one in family.Cases.Where(one => one.GetProperty("rows").EnumerateArray().All(row => !row.TryGetProperty("error", out _))))
            {
                var conversation = MaskGoldens.Conversation(one);
                var turns = family.Tokens().Rows(conversation, "row", RowsPer.Turn);
                var rows = family.Tokens().Rows(conversation, "row", RowsPer.Auto);

                Assert.Equal(turns.SelectMany(Counted), rows.SelectMany(Counted));
                whole += turns.Count > 1 && rows.Count is 1 ? 1 : 0;
                split += rows.Count > 1 ? 1 : 0;
            }
        }

        output.WriteLine($"of the conversations with several answers {whole} are one row, {split} are one for each answer");
        Assert.True(whole > 0 && split > 0);
    }

    [Fact]
    public void Are_one_where_the_template_leaves_earlier_turns_alone()
    {
        var rows = TinyTarget.Tokens().Rows(Read("hi", "hello", "and", "so"), "row", RowsPer.Auto);

        Assert.Equal("row", Assert.Single(rows).Id);
    }

    /// <summary>Qwen3 keeps the thinking of the last answer and drops that of earlier ones.</summary>
    [Fact]
    public void Keep_the_thinking_of_every_answer_of_Qwen3()
    {
        var family = MaskGoldens.Families().First(family => family.ToString() is "qwen3");
        var conversation = Read("1+1?", "<think>\none and one\n</think>\n\n2", "and 2+2?", "<think>\ntwo and two\n</think>\n\n4");
        var rows = family.Tokens().Rows(conversation, "row", RowsPer.Auto);
        var whole = family.Tokens().Rows(conversation, "row", RowsPer.Conversation);

        Assert.Equal(["row-turn1", "row-turn2"], rows.Select(row => row.Id));
        Assert.Equal(
            ["<think>\none and one\n</think>\n\n2<|im_end|>", "<think>\ntwo and two\n</think>\n\n4<|im_end|>"],
            rows.Select(row => family.Tokenizer.Decode([.. Counted(row)])));
        Assert.Equal("2<|im_end|><think>\ntwo and two\n</think>\n\n4<|im_end|>", family.Tokenizer.Decode([.. Counted(Assert.Single(whole))]));
    }

    /// <summary>In one row they have no place there; decision 17.</summary>
    [Fact]
    public void Hold_the_tokens_that_the_target_made_though_the_template_rewrites_them()
    {
        var family = MaskGoldens.Families().First(family => family.ToString() is "qwen3");
        string[] answers = ["<think>\none\n</think>\n\n2<|im_end|>", "<think>\ntwo\n</think>\n\n4<|im_end|>"];
        var conversation = Read("1+1?", "<think>\none\n</think>\n\n2", "and 2+2?", "<think>\ntwo\n</think>\n\n4") with { Origins = [.. answers.Select(answer => new AnswerOrigin(family.Tokenizer.Encode(answer).Ids, IsCut: false))] };
        var rows = family.Tokens().Rows(conversation, "row", RowsPer.Auto);

        Assert.Equal(answers, rows.Select(row => family.Tokenizer.Decode([.. Counted(row)])));
        Assert.Throws<DataException>(() => family.Tokens().Rows(conversation, "row", RowsPer.Conversation));
    }

    internal static IEnumerable<string> Judge(MaskFamily family, JsonElement one, JsonElement expected)
    {
        var (conversation, message) = (MaskGoldens.Conversation(one), expected.GetProperty("message").GetInt32());
        if (expected.TryGetProperty("error", out _))
        {
            return Record.Exception(() => family.Mask().FindTurn(conversation, message)) is DataException { Problem.Code: ProblemCode.BadRow } ? [] : ["not refused"];
        }

        var found = family.Mask().FindTurn(conversation, message);
        var text = expected.TryGetProperty("textLength", out var length)
            ? string.Concat(one.GetProperty("text").GetString()!.EnumerateRunes().Take(length.GetInt32()))
            : expected.GetProperty("text").GetString();
        var answer = Assert.Single(found.Answers);
        var judged = $"{found.Tokens.Ids.Length} tokens, {answer.First}-{answer.End}{answer.Stopped}";
        var right = $"{expected.GetProperty("tokens")} tokens, {expected.GetProperty("first")}-{expected.GetProperty("end")}{expected.GetProperty("stopped").GetBoolean()}";
        return [.. found.Text == text ? Array.Empty<string>() : ["another text"], .. judged == right ? Array.Empty<string>() : [$"{judged}, expected {right}"]];
    }

    private static Conversation Read(params string[] said) => ConversationReader.Read(Rows.Line(Rows.Chat(said).ToJsonString()));

    private static IEnumerable<int> Counted(TokenRow row) => row.Ids.Where((_, index) => row.Mask[index]);
}
