using System.Text.Json.Nodes;
using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Pretraining;

/// <summary>A conversation whose answers the target wrote.</summary>
/// <param name="Id">Unique in its file.</param>
/// <param name="Source">What was asked; its own answers are not used.</param>
internal sealed record AnsweredConversation(string Id, CorpusConversation Source)
{
    private readonly List<Answer> _answers = [];

    private sealed record Answer(int PromptTokens, IReadOnlyList<int> Ids, bool Ended);

    /// <summary>Every token so far.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>The question that the target has not answered yet, or null.</summary>
    public string? OpenQuestion => Source.Questions.ElementAtOrDefault(_answers.Count);

    /// <summary>Puts the open question behind what is there.</summary>
    public void Ask(RowEncoder encoder) => Ids.AddRange(encoder.Question(OpenQuestion!, first: _answers.Count is 0));

    /// <summary>Puts the answer behind it.</summary>
    /// <param name="answer">With the end token, if it ended.</param>
    /// <param name="endIds">Tokens that end an answer.</param>
    public void Take(IReadOnlyList<int> answer, IReadOnlyList<int> endIds)
    {
        _answers.Add(new(Ids.Count, answer, endIds.Contains(answer[^1])));
        Ids.AddRange(answer);
    }

    /// <summary>The row: OpenAI messages, and for each answer the target's own tokens.</summary>
    public JsonObject Row(Tokenizer tokenizer)
    {
        var (messages, turns) = (new JsonArray(), new JsonArray());
        foreach (var (question, answer) in Source.Questions.Zip(_answers))
        {
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = question });
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = tokenizer.Decode(answer.Ids, skipSpecial: true) });
            turns.Add(new JsonObject
            {
                ["prompt_tokens"] = answer.PromptTokens,
                ["token_ids"] = new JsonArray([.. answer.Ids.Select(id => (JsonNode)id)]),
                ["finish_reason"] = answer.Ended ? "stop" : "length",
            });
        }

        return new() { ["id"] = Id, ["topic"] = Source.Topic, ["messages"] = messages, ["turns"] = turns };
    }
}
