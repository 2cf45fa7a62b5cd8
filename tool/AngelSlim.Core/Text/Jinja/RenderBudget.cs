using System.Runtime.CompilerServices;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>
/// What one rendering may use up. A template comes from outside: without bounds, forty doublings of a list or a macro that
/// calls itself would hang the tool or end the process.
/// </summary>
internal sealed class RenderBudget
{
    /// <summary>The longest text that any expression or the whole rendering may make, in UTF-16 units.</summary>
    public const int LongestText = 1 << 24;

    private const long Steps = 10_000_000;
    private const int Deepest = 900;
    private long _left = Steps;
    private int _depth;

    /// <summary>Takes steps: one for each expression and statement, and one for every few characters or items that it handles.</summary>
    public void Spend(long steps = 1)
    {
        _left -= steps;
        if (_left < 0)
        {
            throw new JinjaFault($"the template takes more than {Steps} steps; it loops without end or its input is far too large");
        }
    }

    /// <summary>Takes what a text or a list of this length costs, before it is made.</summary>
    public void SpendOn(long length)
    {
        if (length > LongestText)
        {
            throw new JinjaFault($"the template makes a text or list of {length} elements; at most {LongestText} are allowed");
        }

        Spend(1 + (length / 16));
    }

    /// <summary>Goes one level down; <see cref="Leave"/> comes up again.</summary>
    public void Enter()
    {
        Spend();
        if (++_depth > Deepest || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaFault($"the template nests or calls itself more than {Deepest} levels deep");
        }
    }

    /// <summary>Comes up from <see cref="Enter"/>.</summary>
    public void Leave() => _depth--;
}
