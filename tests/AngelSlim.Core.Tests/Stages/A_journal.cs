using AngelSlim.Core.Stages;
using Xunit;

namespace AngelSlim.Core.Tests.Stages;

public sealed class A_journal
{
    [Fact]
    public void Forgets_a_line_that_a_kill_left_unfinished()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "journal");
        File.WriteAllText(path, "one\ntwo\nthr");
        using (var journal = Journal.Open(path))
        {
            Assert.Equal(["one", "two"], journal.Items);
            journal.Add("three");
        }

        using var again = Journal.Open(path);
        Assert.Equal(["one", "two", "three"], again.Items);
    }
}
