using System.Xml.Linq;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Reporting;
using Xunit;

namespace AngelSlim.Core.Tests.Reporting;

public sealed class A_report_s_parts
{
    [Fact]
    public void Text_from_data_cannot_become_markup() =>
        Assert.Equal(@"a\|b \<script\> \[x\](y) \*\*", TextTemplate.Markdown("a|b\n<script> [x](y) **"));

    [Fact]
    public void A_chart_is_well_formed_and_the_same_every_time()
    {
        Curve[] curves = [new(CurveColour.Blue, [(1, 3.5), (2, 2.5)]), new(CurveColour.Vermilion, [(2, 2.75)])];
        var svg = LineChart.Svg("step <k>", "loss", curves);

        Assert.Equal("svg", XDocument.Parse(svg).Root!.Name.LocalName);
        Assert.Equal(svg, LineChart.Svg("step <k>", "loss", curves));
    }

    [Fact]
    public void A_chart_without_points_is_a_chart_all_the_same() =>
        Assert.Equal("svg", XDocument.Parse(LineChart.Svg("step", "loss", [new(CurveColour.Pale, [])])).Root!.Name.LocalName);

    [Fact]
    public void A_table_gives_columns_by_name()
    {
        var table = CsvTable.Read(Csv("step,loss\n1,2.5\n2,1e-3\n"));

        Assert.Equal([1, 2], table.Column("step"));
        Assert.Equal([2.5, 0.001], table.Column("loss"));
    }

    [Fact]
    public void A_table_reads_any_name_that_a_row_may_have()
    {
        object[] cells = [1, "a, \"b\"\r\nc", "", "\"", 2.5, ","];
        var line = CsvLine.Write(cells);

        Assert.Equal("1,\"a, \"\"b\"\" c\",,\"\"\"\",2.5,\",\"", line);
        Assert.Equal(["1", "a, \"b\" c", "", "\"", "2.5", ","], CsvLine.Read(line));
        Assert.Equal([2.5], CsvTable.Read(Csv($"step,row,empty,quote,loss,comma\n{line}\n")).Column("loss"));
    }

    [Theory]
    [InlineData("step,loss\n\"1,2\n", "(2,1)")]
    [InlineData("step,loss\n\"1\"0,2\n", "(2,1)")]
    [InlineData("step,loss\n1\n", "(2,1)")]
    [InlineData("step,loss\n1,2\n2,x\n", "(3,1)")]
    [InlineData("step,rate\n1,2\n", "(1,1)")]
    public void A_broken_table_says_where(string text, string place)
    {
        var path = Csv(text);
        var wrong = Assert.Throws<DataException>(() => CsvTable.Read(path).Column("loss"));
        Assert.StartsWith(path + place, wrong.Message, StringComparison.Ordinal);
    }

    private static string Csv(string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "curve.csv");
        File.WriteAllText(path, text);
        return path;
    }
}
