using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

/// <summary>A data file that is one JSON list.</summary>
public sealed class A_list_of_rows
{
    [Fact]
    public void Has_its_items_as_rows_each_with_the_place_where_it_begins()
    {
        var rows = Read("\uFEFF [\n  {\"a\": \"],[{\\\"\\\\\"},\n  {\"b\": [1,\n 2]} ,{}\n]\n");
        Assert.Equal(["(2,3) {\"a\": \"],[{\\\"\\\\\"}", "(3,3) {\"b\": [1,\n 2]}", "(4,7) {}"], rows);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData(" [ \n ] ")]
    public void May_be_empty(string text) => Assert.Empty(Read(text));

    [Theory]
    [InlineData("[{\"a\": 1},,{}]", 1, 11, "there is nothing between two commas of the list")]
    [InlineData("[{\"a\": 1}", 1, 2, "the list is not closed: the file ends before its ']'")]
    [InlineData("[{\"a\": 1}, {\"b", 1, 12, "the list is not closed: the file ends before its ']'")]
    [InlineData("[{}]\n {}", 2, 2, "there is more behind the list's ']'")]
    [InlineData("[\n{\"a\": 1,\n \"b\": x}]", 3, 7, "not JSON")]
    [InlineData("[\n  {\"a\": x}]", 2, 9, "not JSON")]
    [InlineData("[5]", 1, 2, "expected one JSON object a row, found Number")]
    public void Says_where_it_is_wrong(string text, int line, int column, string why)
    {
        var failure = Assert.Throws<DataException>(() => JsonLines.Read(Written(text)).Select(row => row.Parse().RootElement.ToString()).ToList());
        Assert.Equal((ProblemCode.BadRow, line, column), (failure.Problem.Code, failure.Problem.Place!.Value.Line, failure.Problem.Place.Value.Column));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_no_item_that_is_longer_than_memory_allows()
    {
        var path = Written($"[{{\"a\": \"{new string('x', 100_000)}\"}}, {{}}, {new string('[', 1000)}{new string(']', 1000)}]");
        var rows = JsonLines.Read(path, longest: 90_000).Select(row => Record.Exception(() => row.Parse())?.Message ?? "fine").ToList();
        Assert.Contains("longer than allowed", rows[0], StringComparison.Ordinal);
        Assert.Equal("fine", rows[1]);
        Assert.Contains("not JSON", rows[2], StringComparison.Ordinal);
    }

    private static string[] Read(string text) =>
        [.. JsonLines.Read(Written(text)).Select(row => $"{row.Place.ToString()[row.Place.File.Length..]} {Encoding.UTF8.GetString(row.Utf8!.Value.Span).Trim()}")];

    private static string Written(string text)
    {
        var path = Rows.File();
        File.WriteAllText(path, text);
        return path;
    }
}
