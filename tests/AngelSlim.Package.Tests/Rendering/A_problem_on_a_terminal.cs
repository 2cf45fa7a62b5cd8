using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using Xunit;

namespace AngelSlim.Package.Tests.Rendering;

public sealed class A_problem_on_a_terminal : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("problems").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Has_its_line_and_a_caret_below()
    {
        var file = Path.Combine(_folder, "e.json");
        File.WriteAllText(file, "{\r\n  \"draft\": { \"vocabuluary\": 8 }\r\n}");
        Assert.Equal($$"""
            {{file}}(2,14): error ASL0002: Unknown.
                "draft": { "vocabuluary": 8 }
                           ^

            """.ReplaceLineEndings("\n"), Written(new("ASL0002", "Unknown.", new TextPlace(file, 2, 14)), 80));
    }

    [Fact]
    public void Of_an_option_shows_the_option() => Assert.Equal(
        "--set a.b=5(1,9): error ASL0002: Unknown.\n  --set a.b=5\n          ^\n",
        Written(new("ASL0002", "Unknown.", new TextPlace("--set a.b=5", 1, 9)), 80));

    [Fact]
    public void Is_one_line_where_there_is_no_terminal_no_line_or_no_file()
    {
        Assert.Equal("--set a=5(1,7): error ASL0002: Unknown.\n", Written(new("ASL0002", "Unknown.", new TextPlace("--set a=5", 1, 7)), null));
        Assert.Equal("e.json: error ASL0007: Not there.\n", Written(new("ASL0007", "Not there.", new TextPlace("e.json")), 80));
        Assert.Equal("no/e.json(3,1): warning ASL0008: Gone.\n", Written(new("ASL0008", "Gone.", new TextPlace("no/e.json", 3, 1)) { Severity = Severity.Warning }, 80));
        Assert.Equal("angelslim: error ASL0010: Usage.\n", Written(new("ASL0010", "Usage."), 80));
    }

    [Theory]
    [InlineData("\t\"é\": 1", 7, "    \"é\": 1", "         ^")]
    [InlineData("\"模型\": 1", 7, "\"模型\": 1", "        ^")]
    [InlineData("\"😀\": 1", 5, "\"😀\": 1", "    ^")]
    [InlineData("\"e\u0301\": 1", 5, "\"e\u0301\": 1", "   ^")]
    [InlineData("a\u001b[31mb", 3, "a?[31mb", "  ^")]
    [InlineData("ab", 3, "ab", "  ^")]
    [InlineData("ab", 99, "ab", "  ^")]
    [InlineData("", 1, "", "^")]
    public void Puts_the_caret_below_the_character_whatever_stands_before_it(string line, int column, string source, string caret) =>
        Assert.Equal((source, caret), SourceLine.Around(line, column, 40));

    [Theory]
    [InlineData(1, "abcdefghijklmnopqr…", "^")]
    [InlineData(13, "abcdefghijklmnopqr…", "            ^")]
    [InlineData(14, "…bcdefghijklmnopqrs…", "             ^")]
    [InlineData(26, "…nopqrstuvwxyz", "             ^")]
    public void Cuts_a_long_line_around_the_place(int column, string source, string caret)
    {
        var around = SourceLine.Around("abcdefghijklmnopqrstuvwxyz", column, 20);
        Assert.Equal((source, caret), around);
        Assert.InRange(around.Source.Length, 1, 20);
    }

    [Fact]
    public void Fits_every_width()
    {
        var line = string.Concat(Enumerable.Repeat("a模\t😀", 10));
        for (var room = 5; room < 120; room++)
        {
            for (var column = 1; column <= line.Length + 1; column++)
            {
                var (_, caret) = SourceLine.Around(line, column, room);
                Assert.InRange(caret.Length, 1, room);
            }
        }
    }

    private static string Written(Problem problem, int? columns)
    {
        var talk = new StringWriter { NewLine = "\n" };
        ProblemLines.Write([problem], talk, columns is { } width ? () => width : null);
        return talk.ToString();
    }
}
