using System.Runtime.CompilerServices;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>
/// What one rendering may use up. A template comes from outside: without bounds, forty doublings of a list or a macro that
/// calls itself would hang the tool or end the process.
/// </summary>
/// <remarks>
/// Whatever is made or gone through is paid before, in steps, so that steps bound the memory too: a step pays for 16 units of
/// a text, for 4 places of a list, or for one new object. All that a rendering makes, garbage included, stays below about 1 GB.
/// </remarks>
internal sealed class RenderBudget
{
    /// <summary>The longest text that any expression or the whole rendering may make, in UTF-16 units.</summary>
    public const int LongestText = 1 << 24;

    /// <summary>The longest list that an expression may make. An item may be an object of its own, which takes as much as a line of text.</summary>
    public const int LongestList = 1 << 20;

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

    /// <summary>Takes what a text of this length costs, before it is made, compared or gone through.</summary>
    public void SpendOn(long length)
    {
        Bound(length);
        Spend(1 + (length / 16));
    }

    /// <summary>Refuses a text of this length, before it is made of parts that are paid.</summary>
    public static void Bound(long length)
    {
        if (length > LongestText)
        {
            throw new JinjaFault($"the template makes a text of {length} characters; at most {LongestText} are allowed");
        }
    }

    /// <summary>Takes what a list of values that exist costs, before it is made.</summary>
    public void SpendOnItems(long count)
    {
        BoundList(count);
        Spend(1 + (count / 4));
    }

    /// <summary>Takes what a list costs whose items are made with it.</summary>
    public void SpendOnNew(long count)
    {
        BoundList(count);
        Spend(1 + count);
    }

    /// <summary>Takes what one item more costs for a list that grows.</summary>
    public void SpendOnPart(long count)
    {
        BoundList(count + 1);
        Spend();
    }

    /// <summary>Takes what looking for a part in a text costs at worst: nearly the whole part may be compared at every place.</summary>
    public void SpendOnSearch(string text, string part) => Spend(1 + (text.Length / 16) + ((long)text.Length * part.Length / 4096));

    private static void BoundList(long count)
    {
        if (count > LongestList)
        {
            throw new JinjaFault($"the template makes a list of {count} items; at most {LongestList} are allowed");
        }
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
