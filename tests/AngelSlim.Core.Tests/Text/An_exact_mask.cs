using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Core.Text.Jinja;
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
        foreach (var file in Files())
        {
            using var family = JsonDocument.Parse(File.ReadAllBytes(file));
            if (family.RootElement.ValueKind is not JsonValueKind.Object || !family.RootElement.TryGetProperty("tokenizer", out _))
            {
                continue;
            }

            var mask = Mask(family.RootElement, out var template);
            var cases = family.RootElement.GetProperty("cases");
            var before = wrong.Count;
            foreach (var one in cases.EnumerateArray())
            {
                wrong.AddRange(Judge(mask, template, one).Select(fault => $"{Path.GetFileName(file)}, {one.GetProperty("name")}: {fault}"));
            }

            output.WriteLine($"{cases.GetArrayLength()} cases, {wrong.Count - before} faults in {file}");
        }

        Assert.Empty(wrong);
    }

    private static IEnumerable<string> Files() => new[] { Golden.Own("masks"), Golden.Shared is null ? "" : Path.Combine(Golden.Shared, "masks") }
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal));

    private static ExactMask Mask(JsonElement family, out ChatTemplate template)
    {
        var name = family.GetProperty("tokenizer").GetString()!;
        var own = Golden.Own("tokenizers", name);
        var answers = File.Exists(Path.Combine(own, "tokenizer.json")) ? own : Path.Combine(Golden.Shared!, "tokenizers", name);
        template = ChatTemplate.Of(
            family.GetProperty("template").GetString()!, "template", new FixedClock(), new Dictionary<string, string> { ["bos_token"] = family.GetProperty("bosToken").GetString()! });
        var stop = family.GetProperty("stop").EnumerateObject().Select(token => token.Value.GetInt32()).ToHashSet();
        return new ExactMask(template, Tokenizer.Load(TokenizerFolders.Holding(answers)), stop);
    }

    private static IEnumerable<string> Judge(ExactMask mask, ChatTemplate template, JsonElement one)
    {
        var conversation = Conversation(one);
        if (template.Render(conversation.Messages, conversation.Arguments) != one.GetProperty("text").GetString())
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

    private static Conversation Conversation(JsonElement one)
    {
        var row = ConversationReader.Read(Rows.Line("{\"messages\":" + one.GetProperty("messages").GetRawText() + "}"));
        return one.TryGetProperty("arguments", out var arguments)
            ? row with { Arguments = arguments.EnumerateObject().ToDictionary(member => member.Name, member => JinjaValue.Of(member.Value)) }
            : row;
    }
}
