using System.Text;
using System.Text.Json.Nodes;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Stages.Regeneration;

/// <summary>The server that stands for a real one answers as the real one did.</summary>
public sealed class A_fake_vllm
{
    [Theory]
    [InlineData("chat")]
    [InlineData("chat-token-ids")]
    [InlineData("chat-length")]
    [InlineData("bad-model")]
    [InlineData("method")]
    [InlineData("not-found")]
    public void Answers_byte_for_byte_as_was_recorded(string name)
    {
        var recorded = FakeVllm.Recorded[name];
        using var fake = new FakeVllm(_ => Saying(name));
        var answer = fake.Answer(new FakeRequest((string)recorded["method"]!, (string)recorded["path"]!, new Dictionary<string, string>()) { Body = Encoding.UTF8.GetBytes(recorded["request"]?.ToJsonString() ?? "") });

        Assert.Equal((int)recorded["status"]!, answer.Status);
        Assert.Equal(Unnamed((string)recorded["body"]!), Unnamed(Encoding.UTF8.GetString(answer.Body)));
        Assert.Equal(recorded["headers"]!.AsObject().Select(header => (header.Key, (string)header.Value!)), answer.Headers);
    }

    private static FakeSaying Saying(string name)
    {
        var asked = JsonNode.Parse((string)FakeVllm.Recorded["chat-token-ids"]["body"]!)!;
        var body = JsonNode.Parse((string)FakeVllm.Recorded[name]["body"]!)!;
        var (choice, ids) = (body["choices"]![0]!, body["choices"]![0]!["token_ids"] is JsonArray known ? known : asked["choices"]![0]!["token_ids"]!.AsArray());
        return new((string)choice["message"]!["content"]!, [.. ids.Select(id => (int)id!)], [.. asked["prompt_token_ids"]!.AsArray().Select(id => (int)id!)], (string)choice["finish_reason"]!);
    }

    /// <summary>Without what is another in every answer: its name and its second.</summary>
    private static string Unnamed(string body)
    {
        if (JsonNode.Parse(body) is not JsonObject json || !json.ContainsKey("id"))
        {
            return body;
        }

        return body.Replace((string)json["id"]!, "ID", StringComparison.Ordinal).Replace($"\"created\":{json["created"]}", "CREATED", StringComparison.Ordinal);
    }
}
