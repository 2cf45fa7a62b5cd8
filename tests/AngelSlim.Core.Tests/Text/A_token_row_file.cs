using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_token_row_file
{
    [Fact]
    public void Reads_what_it_wrote()
    {
        var path = Rows.File();
        using (var file = File.Create(path))
        {
            TokenRowFile.Write(file, new TokenRow("é \"1\"", [1, 0, 7], [false, true, true]));
        }

        Assert.Equal("{\"id\":\"é \\\"1\\\"\",\"ids\":[1,0,7],\"mask\":\"011\"}\n", File.ReadAllText(path));
        var row = Assert.Single(TokenRowFile.Read(path, vocabulary: 8));
        Assert.Equal(("é \"1\"", 2), (row.Id, row.Counted));
        Assert.Equal([1, 0, 7], row.Ids);
        Assert.Equal([false, true, true], row.Mask);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"id\":\"a\",\"ids\":[],\"mask\":\"\"}")]
    [InlineData("{\"id\":\"a\",\"ids\":[1,2],\"mask\":\"0\"}")]
    [InlineData("{\"id\":\"a\",\"ids\":[1],\"mask\":\"2\"}")]
    [InlineData("{\"id\":\"a\",\"ids\":[8],\"mask\":\"1\"}")]
    [InlineData("{\"id\":\"a\",\"ids\":[-1],\"mask\":\"1\"}")]
    [InlineData("{\"id\":\"a\",\"ids\":[1.5],\"mask\":\"1\"}")]
    [InlineData("{\"id\":\"\",\"ids\":[1],\"mask\":\"1\"}")]
    [InlineData("{\"id\":\"\\ud800\",\"ids\":[1],\"mask\":\"1\"}")]
    [InlineData("{")]
    public void Refuses_what_is_no_row(string row)
    {
        var failure = Assert.Throws<DataException>(() => TokenRowFile.Read(Rows.File(row), vocabulary: 8).ToList());

        Assert.Equal(ProblemCode.BadRow, failure.Problem.Code);
        Assert.EndsWith("; the tokenize stage writes this file, so run it again", failure.Problem.Message, StringComparison.Ordinal);
    }
}
