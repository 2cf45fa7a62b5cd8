using System.Runtime.CompilerServices;

namespace AngelSlim.Core.Text.Tokenizers.Patterns;

/// <summary>A regular expression over Unicode characters that splits text in time linear in its length.</summary>
/// <remarks>
/// .NET's engine sees UTF-16 units: a letter or digit beyond U+FFFF is neither <c>\p{L}</c> nor <c>\p{N}</c> to it. And with
/// a look-ahead it can only backtrack, so that a hostile pattern or text could hold it for ever. See decision 0010.
/// </remarks>
internal sealed class Pattern
{
    private const int LongestProgram = 4000;

    private readonly List<Instruction> _program = [];
    private readonly Instruction[] _code;

    private Pattern(PatternNode tree)
    {
        Compile(tree);
        Emit(new Instruction(Operation.Match));
        _code = [.. _program];
    }

    private enum Operation
    {
        OneOf,
        Ahead,
        LineEnd,
        Try,
        Jump,
        Match,
    }

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="FormatException">It has a part that is not known here; the message names it.</exception>
    public static Pattern Parse(string source) => new(PatternParser.Parse(source));

    /// <summary>A pattern that matches a text as it stands.</summary>
    public static Pattern Literal(string text) => text.Length == 0
        ? throw new FormatException("an empty string")
        : new Pattern(new InTurn([.. text.EnumerateRunes().Select(literal => new OneOf(RuneSet.Where(rune => rune == literal.Value)))]));

    /// <summary>Gives the matches and what lies between them, in order and without empty parts; each as start and end within the text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Split(ReadOnlySpan<char> text, MatchState state, List<TextSpan> parts)
    {
        state.Begin(text.Length, _code.Length);
        var last = 0;
        for (var at = 0; at < text.Length;)
        {
            var end = MatchAt(text, at, state);
            if (end < 0)
            {
                at += UnitsAt(text, at);
                continue;
            }

            if (last < at)
            {
                parts.Add(new TextSpan(last, at));
            }

            parts.Add(new TextSpan(at, end));
            (at, last) = (end, end);
        }

        if (last < text.Length)
        {
            parts.Add(new TextSpan(last, text.Length));
        }
    }

    private static int UnitsAt(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    private static int RuneAt(ReadOnlySpan<char> text, int at, out int units)
    {
        units = UnitsAt(text, at);
        return units == 1 ? text[at] : char.ConvertToUtf32(text[at], text[at + 1]);
    }

    /// <summary>The end of the match that begins here, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int MatchAt(ReadOnlySpan<char> text, int start, MatchState state)
    {
        var (next, at) = (0, start);
        while (true)
        {
            ref readonly var step = ref _code[next];
            switch (step.Operation)
            {
                case Operation.OneOf when at < text.Length && step.Set!.Contains(RuneAt(text, at, out var units)):
                    at += units;
                    next++;
                    continue;
                case Operation.Ahead when (at < text.Length && step.Set!.Contains(RuneAt(text, at, out _))) == step.Wanted:
                case Operation.LineEnd when at == text.Length || text[at] == '\n':
                    next++;
                    continue;
                case Operation.Jump:
                    next = step.Target;
                    continue;
                case Operation.Try when !state.HasFailed(next, at):
                    state.Push(step.Target, at);
                    next++;
                    continue;
                case Operation.Match:
                    state.Matched(at);
                    return at;
            }

            if (!state.TryPop(out next, out at))
            {
                return -1;
            }
        }
    }

    private void Compile(PatternNode node)
    {
        switch (node)
        {
            case OneOf { Set: var set }:
                Emit(new Instruction(Operation.OneOf, set));
                break;
            case Ahead { Set: var set, Wanted: var wanted }:
                Emit(new Instruction(Operation.Ahead, set, wanted));
                break;
            case LineEnd:
                Emit(new Instruction(Operation.LineEnd));
                break;
            case InTurn { Parts: var parts }:
                foreach (var part in parts)
                {
                    Compile(part);
                }

                break;
            case FirstOf { Choices: var choices }:
                CompileChoices(choices);
                break;
            case Repeated repeated:
                CompileRepeat(repeated);
                break;
        }
    }

    private void CompileChoices(IReadOnlyList<PatternNode> choices)
    {
        var exits = new List<int>();
        foreach (var choice in choices.SkipLast(1))
        {
            var attempt = Emit(new Instruction(Operation.Try));
            Compile(choice);
            exits.Add(Emit(new Instruction(Operation.Jump)));
            PointHere(attempt);
        }

        Compile(choices[^1]);
        exits.ForEach(PointHere);
    }

    private void CompileRepeat(Repeated repeated)
    {
        for (var i = 0; i < repeated.Least; i++)
        {
            Compile(repeated.Body);
        }

        if (repeated.Most is not { } most)
        {
            var attempt = Emit(new Instruction(Operation.Try));
            Compile(repeated.Body);
            Emit(new Instruction(Operation.Jump) { Target = attempt });
            PointHere(attempt);
            return;
        }

        var exits = new List<int>();
        for (var i = repeated.Least; i < most; i++)
        {
            exits.Add(Emit(new Instruction(Operation.Try)));
            Compile(repeated.Body);
        }

        exits.ForEach(PointHere);
    }

    private int Emit(Instruction instruction)
    {
        _program.Add(instruction);
        return _program.Count <= LongestProgram ? _program.Count - 1 : throw new FormatException($"more than {LongestProgram} steps");
    }

    private void PointHere(int instruction) => _program[instruction] = _program[instruction] with { Target = _program.Count };

    private readonly record struct Instruction(Operation Operation, RuneSet? Set = null, bool Wanted = true, int Target = 0);
}
