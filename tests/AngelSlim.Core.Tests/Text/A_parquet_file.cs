using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

/// <summary>Conversations in a Parquet file; see tests/goldens/parquet/README.md.</summary>
public sealed class A_parquet_file
{
    private static string Messages => Golden.Own("parquet", "messages.parquet");

    [Theory]
    [InlineData("messages.parquet")]
    [InlineData("gzip.parquet")]
    public void Has_the_rows_that_JSONL_would_have(string name)
    {
        var path = Golden.Own("parquet", name);
        Assert.Equal(
            [
                """(1,1) {"id":7,"prompt":"p0","messages":[{"role":"user","content":"hi é"},{"role":"assistant","content":"hello \"x\"\n"}]}""",
                """(2,1) {"id":8,"prompt":"p1","messages":[{"role":"user","content":"two"},{"role":"assistant","content":"2"},{"role":"user","content":"three"},{"role":"assistant"}]}""",
                """(3,1) {"id":9,"messages":[]}""",
                """(4,1) {"prompt":"p3","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}""",
            ],
            JsonLines.Read(path).Select(row => $"{row.Place.ToString()[path.Length..]} {Encoding.UTF8.GetString(row.Utf8!.Value.Span)}"));
        Assert.Equal(4, JsonLines.Count(path));
    }

    [Fact]
    public void Has_conversations_like_any_other_file()
    {
        var conversation = ConversationReader.Read(JsonLines.Read(Messages).Last());
        Assert.Equal(["system", "user", "assistant"], conversation.Messages.Select(message => message.Role));
        var texts = JsonLines.Read(Golden.Own("parquet", "ultrachat.parquet")).Select(ConversationReader.Read).ToList();
        Assert.Equal(["x1", null], texts.Select(text => text.Id));
        Assert.Equal("d \u00e9 \U0001F600", texts[1].Messages[^1].Content);
    }

    [Fact]
    public void Keeps_no_row_that_is_longer_than_allowed()
    {
        var rows = JsonLines.Read(Messages, longest: 60).Select(row => Record.Exception(() => row.Parse())?.Message ?? "fine").ToList();
        Assert.Contains("longer than allowed", rows[0], StringComparison.Ordinal);
        Assert.Equal("fine", rows[2]);
    }

    [Fact]
    public void Is_refused_as_a_whole_when_its_end_is_missing()
    {
        var path = Written(bytes => bytes[..^100]);
        var failure = Assert.Throws<DataException>(() => JsonLines.Count(path));
        Assert.Contains("not a Parquet file that can be read", failure.Message, StringComparison.Ordinal);
        Assert.Equal(path, failure.Problem.Place!.Value.File);
    }

    [Fact]
    public void Never_ends_the_program_however_it_is_damaged()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 500; trial++)
        {
            var path = Written(bytes =>
            {
                for (var change = 0; change <= trial % 4; change++)
                {
                    bytes[random.Next(4, bytes.Length - 4)] = (byte)random.Next(256);
                }

                return bytes;
            });
            var failure = Record.Exception(() => JsonLines.Read(path).ToList());
            Assert.True(failure is null or DataException, $"trial {trial}: {failure}");
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    private static string Written(Func<byte[], byte[]> change)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("parquet").FullName, "rows.parquet");
        File.WriteAllBytes(path, change(File.ReadAllBytes(Messages)));
        return path;
    }
}
