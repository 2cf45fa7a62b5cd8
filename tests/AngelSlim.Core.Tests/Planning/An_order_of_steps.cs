using AngelSlim.Core.Planning;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Planning;

public sealed class An_order_of_steps
{
    [Fact]
    public void Puts_every_step_after_those_that_it_reads() => Assert.Equal(
        ["b", "a", "all", "more", "z"],
        StepOrder.Of([Join("more", "all"), Join("all", "a", "b"), Write("b"), Write("a"), Write("z")]).Select(step => step.Id));

    [Fact]
    public void Keeps_what_is_in_order_already()
    {
        Step[] steps = [Write("b"), Join("c", "b"), Write("a"), Join("d", "c", "a")];
        Assert.Equal(steps, StepOrder.Of(steps));
    }

    [Fact]
    public void Takes_the_first_given_of_those_that_are_ready() => Assert.Equal(
        ["x", "late", "y"],
        StepOrder.Of([Join("late", "x"), Write("x"), Write("y")]).Select(step => step.Id));

    [Fact]
    public void Of_ten_thousand_steps_takes_no_time_worth_waiting_for()
    {
        // A quadratic order looks at 10^8 pairs here and takes minutes.
        var chain = Enumerable.Range(0, 10_000).Select(i => i is 0 ? Write("0") : Join($"{i}", $"{i - 1}")).Reverse().ToArray();
        Assert.Equal(chain.Reverse(), StepOrder.Of(chain));
    }

    [Fact]
    public void Names_the_circle_in_which_steps_read_each_other() => Assert.Equal(
        "These steps read each other in a circle: b <- d <- c <- b. (Parameter 'steps')",
        Assert.Throws<ArgumentException>(() => StepOrder.Of([Write("a"), Join("tail", "b"), Join("b", "a", "d"), Join("c", "b"), Join("d", "c")])).Message);

    [Fact]
    public void Names_a_step_that_does_not_exist() => Assert.StartsWith(
        "Step all reads b, which does not exist.",
        Assert.Throws<ArgumentException>(() => StepOrder.Of([Write("a"), Join("all", "a", "b")])).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_two_steps_of_one_id() => Assert.StartsWith(
        "Two steps have the id a.", Assert.Throws<ArgumentException>(() => StepOrder.Of([Write("a"), Write("a")])).Message, StringComparison.Ordinal);
}
