using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Core.Text.Tokenizers.Patterns;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_pattern
{
    [Theory]
    [InlineData(@"\p{L}+", "a𝒜b1", "a𝒜b|1")]
    [InlineData(@"\p{N}{1,3}", "12345½𝟙x", "123|45½|𝟙|x")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b  ", "a|  | |b|  ")]
    [InlineData("(?i:'s|'k)", "a'S'ſ'K", "a|'S|'ſ|'K")]
    [InlineData(@"\s+$", "a  \nb  ", "a|  |\nb|  ")]
    [InlineData(@"[^\r\n\p{L}]?[a-c\]-]+", "-a-]d", "-a-]|d")]
    [InlineData(@"(?:ab){2}c?", "ababcabab", "ababc|abab")]
    [InlineData(@"x(?=\d)", "x1x", "x|1x")]
    public void Cuts_a_text_into_its_matches_and_what_lies_between(string pattern, string text, string parts) =>
        Assert.Equal(parts.Split('|'), Split(Pattern.Parse(pattern), text));

    [Fact]
    public void Matches_a_string_as_it_stands() => Assert.Equal(["a", ".*", "b"], Split(Pattern.Literal(".*"), "a.*b"));

    // Trying all ways through these takes 2^2000 steps, or the square of the length.
    [Fact]
    public void Takes_time_linear_in_the_text()
    {
        var a = new string('a', 2000);
        Assert.Equal([a], Split(Pattern.Parse("(?:(?:a+)+)+b"), a));
        Assert.Equal([a, "ab"], Split(Pattern.Parse("(?:(?:a+)+)+c|ab"), a + "ab"));
        Assert.Equal(4000, Split(Pattern.Parse("(?:a|b)*c|a|b"), string.Concat(Enumerable.Repeat("ab", 2000))).Count);
        Assert.Equal([new string(' ', 60_000) + "x"], Split(Pattern.Parse(@"\s+$"), new string(' ', 60_000) + "x"));
    }

    [Theory]
    [InlineData("a*?b", "quantifier")]
    [InlineData("a++", "quantifier")]
    [InlineData("(?<=a)b", "'(?<'")]
    [InlineData("(?!ab)c", "look ahead")]
    [InlineData(@"(a)\1", @"'\1'")]
    [InlineData(@"\p{Han}", "'Han'")]
    [InlineData(@"\w+", @"'\w'")]
    [InlineData("[a[b]]", "class within a class")]
    [InlineData("[a&&b]", "intersection")]
    [InlineData("(?i:stop)", "fold")]
    [InlineData("(?i:é)", "ASCII")]
    [InlineData("a*", "match nothing")]
    [InlineData("(?:a?)+", "match nothing")]
    [InlineData("a{3,2}", "counts")]
    [InlineData("a{1000}{1000}", "quantifier")]
    [InlineData("(?:(?:a{1000}){1000}){1000}", "steps")]
    [InlineData("(a", "')'")]
    [InlineData("a)", "')'")]
    [InlineData("[a", "class")]
    [InlineData("[b-a]", "range")]
    [InlineData(@"a\", "escape")]
    [InlineData("a.b", "'.'")]
    [InlineData("", "match nothing")]
    public void Refuses_by_name_what_it_does_not_know(string pattern, string name) =>
        Assert.Contains(name, Assert.Throws<FormatException>(() => Pattern.Parse(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void Is_given_up_before_it_takes_all_memory()
    {
        var pattern = Pattern.Parse($"(?:{string.Join('|', Enumerable.Repeat("a", 600))})+c");
        var failure = Assert.Throws<DataException>(() => Split(pattern, new string('a', 20_000)));

        Assert.Contains("on a text of 20000 characters", failure.Message, StringComparison.Ordinal);
    }

    private static List<string> Split(Pattern pattern, string text)
    {
        var parts = new List<TextSpan>();
        pattern.Split(text, new MatchState(), parts);
        return parts.ConvertAll(part => text[part.Start..part.End]);
    }
}
