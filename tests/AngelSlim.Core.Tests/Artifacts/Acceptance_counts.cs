using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using Xunit;

namespace AngelSlim.Core.Tests.Artifacts;

public sealed class Acceptance_counts
{
    private static readonly AcceptanceCounts Counts = new() { Prompts = 1, NewTokens = 17, Rounds = 10, AcceptedByPosition = [5, 2, 0, 0] };

    [Fact]
    public void Give_the_ratio_of_sums() => Assert.Equal(1.7, Counts.AcceptanceLength, 12);

    [Fact]
    public void Give_joint_and_conditional_shares()
    {
        Assert.Equal([0.5, 0.2, 0, 0], Counts.PerPosition);
        Assert.Equal([0.5, 0.4, 0, 0], Counts.PerPositionConditional);
    }

    [Fact]
    public void Survive_the_way_to_disk_and_back()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "summary.json");
        var summary = new EvaluationSummary { SpeculativeTokens = 4, All = Counts, Sources = new Dictionary<string, AcceptanceCounts> { ["gsm8k"] = Counts }, EqualPrompts = 1 };
        ArtifactJson.Write(path, summary);
        var back = ArtifactJson.Read<EvaluationSummary>(path);

        Assert.Equal(Counts.AcceptedByPosition, back.Sources["gsm8k"].AcceptedByPosition);
        Assert.Contains("\"acceptanceLength\": 1.7", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Are_refused_with_file_and_line_when_the_file_is_not_theirs()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "summary.json");
        File.WriteAllText(path, "{\n \"speculativeTokens\": 4,\n \"oops\": 1 }");

        var wrong = Assert.Throws<DataException>(() => ArtifactJson.Read<EvaluationSummary>(path));
        Assert.StartsWith($"{path}(3,", wrong.Message, StringComparison.Ordinal);
    }
}
