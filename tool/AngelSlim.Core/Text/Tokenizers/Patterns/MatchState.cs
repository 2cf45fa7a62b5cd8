using System.Runtime.CompilerServices;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text.Tokenizers.Patterns;

/// <summary>What a pattern still has to try, and what has failed. One for a thread, used again from text to text.</summary>
/// <remarks>
/// Without back references a step that failed at a place fails there always, whatever came before it: remembering that makes
/// matching linear. Ordinary text needs no memory, so it begins only when the steps outgrow the text.
/// </remarks>
internal sealed class MatchState
{
    private const int FreeStepsPerCharacter = 64;
    private const int MostRemembered = 1 << 22;

    private readonly HashSet<long> _failed = [];
    private (int Next, int At)[] _untried = new (int, int)[64];
    private int _count;
    private long _steps;
    private long _free;
    private long _places;
    private int _instructions;

    /// <summary>A new text of that many UTF-16 units.</summary>
    public void Begin(int length, int instructions)
    {
        _failed.Clear();
        _count = 0;
        _steps = 0;
        _free = (length + 1L) * FreeStepsPerCharacter;
        _places = length + 1L;
        _instructions = instructions;
    }

    /// <summary>True if the alternatives from here are known to fail. Marks them: they are asked for again only if they did.</summary>
    /// <exception cref="DataException">A pattern with many alternatives on a long text: remembering them would take all memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasFailed(int next, int at)
    {
        if (++_steps <= _free)
        {
            return false;
        }

        return _failed.Count < MostRemembered
            ? !_failed.Add((next * _places) + at)
            : throw new DataException(
                ProblemCode.BadTokenizer,
                $"the tokenizer's pattern tries more than {_free + MostRemembered} alternatives on a text of {_places - 1} characters without a match. Expected a pattern that finds words within a few; take the tokenizer of a known family, or leave the text out.");
    }

    /// <summary>Keeps an alternative for later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(int next, int at)
    {
        if (_count == _untried.Length)
        {
            Array.Resize(ref _untried, _count * 2);
        }

        _untried[_count++] = (next, at);
    }

    /// <summary>The alternative kept last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPop(out int next, out int at)
    {
        if (_count == 0)
        {
            (next, at) = (0, 0);
            return false;
        }

        (next, at) = _untried[--_count];
        return true;
    }

    /// <summary>A match ends here. The next begins here or later, so of what led to it only this place could be taken for a failure.</summary>
    public void Matched(int end)
    {
        _count = 0;
        for (var next = 0; _failed.Count > 0 && next < _instructions; next++)
        {
            _failed.Remove((next * _places) + end);
        }
    }
}
