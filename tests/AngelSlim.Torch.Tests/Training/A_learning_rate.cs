using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Training;
using Xunit;

namespace AngelSlim.Torch.Tests.Training;

public sealed class A_learning_rate
{
    [Fact]
    public void Rises_in_equal_parts_and_falls_as_half_a_cosine()
    {
        var settings = new TrainingSettings { LearningRate = 1, WarmupSteps = 2, Schedule = Schedule.Cosine };

        // Half, then the peak; then ½(1 + cos(π·i/4)) for i = 1 to 4.
        Assert.Equal([0.5, 1, 0.853553, 0.5, 0.146447, 0], Enumerable.Range(0, 6).Select(step => Math.Round(LearningRate.At(settings, step, 6), 6)));
    }

    [Fact]
    public void Stays_where_it_should_stay()
    {
        var settings = new TrainingSettings { LearningRate = 3e-4, WarmupSteps = 0, Schedule = Schedule.Constant };

        Assert.All(Enumerable.Range(0, 5), step => Assert.Equal(3e-4, LearningRate.At(settings, step, 5)));
    }
}
