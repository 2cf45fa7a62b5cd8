using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Python's arithmetic: <c>+ - * / // % **</c> on numbers, texts and lists.</summary>
internal static class PythonNumbers
{
    private const int MostBits = 4_000;

    public static object? Compute(string operation, object? left, object? right, Python python)
    {
        Python.Defined(left);
        Python.Defined(right);
        if (operation is "+" && left is (string or PythonMarkup) && right is (string or PythonMarkup) && !(left is string && right is string))
        {
            return new PythonMarkup(Joined(Safe(left, python.Budget), Safe(right, python.Budget), python.Budget));
        }

        (left, right) = (PythonMarkup.Plain(left), PythonMarkup.Plain(right));
        if (operation is "%" && left is string format)
        {
            return PercentFormat.Apply(format, right, python);
        }

        return Numbers(operation, left, right) ?? (operation switch
        {
            "+" when left is string a && right is string b => Joined(a, b, python.Budget),
            "+" when left is PythonList a && right is PythonList b && a.IsTuple == b.IsTuple => Joined(a, b, python.Budget),
            "*" => Repeated(left, right, python.Budget) ?? Repeated(right, left, python.Budget),
            _ => null,
        }) ?? throw new JinjaFault($"unsupported operand type(s) for {operation}: '{Python.TypeName(left)}' and '{Python.TypeName(right)}'");
    }

    public static object Signed(bool negative, object? operand) => (Python.Defined(operand), negative) switch
    {
        (double number, _) => negative ? -number : number,
        (var value, _) when Python.Whole(value) is { } number => negative ? -number : number,
        (var value, _) => throw new JinjaFault($"bad operand type for unary {(negative ? '-' : '+')}: '{Python.TypeName(value)}'"),
    };

    /// <summary>An int or float as a float.</summary>
    public static double? Float(object? value) => value is double number ? number
        : Python.Whole(value) is not { } whole ? null
        : double.IsFinite((double)whole) ? (double)whole : throw new JinjaFault("int too large to convert to float");

    private static string Safe(object text, RenderBudget budget) =>
        text is PythonMarkup markup ? markup.Text : PythonMarkup.Escaped((string)text, budget);

    private static string Joined(string left, string right, RenderBudget budget)
    {
        budget.SpendOn((long)left.Length + right.Length);
        return left + right;
    }

    private static PythonList Joined(PythonList left, PythonList right, RenderBudget budget)
    {
        budget.SpendOnItems((long)left.Items.Count + right.Items.Count);
        return new PythonList([.. left.Items, .. right.Items], left.IsTuple);
    }

    private static object? Repeated(object? what, object? times, RenderBudget budget)
    {
        if (what is not (string or PythonList) || Python.Small(times) is not { } count)
        {
            return null;
        }

        count = Math.Max(0, count);
        if (what is string text)
        {
            budget.SpendOn((long)text.Length * count);
            return string.Concat(Enumerable.Repeat(text, text.Length is 0 ? 0 : count));
        }

        var list = (PythonList)what;
        budget.SpendOnItems((long)list.Items.Count * count);
        return new PythonList([.. Enumerable.Repeat(list.Items, list.Items.Count is 0 ? 0 : count).SelectMany(items => items)], list.IsTuple);
    }

    private static object? Numbers(string operation, object? left, object? right)
    {
        if (Python.Whole(left) is { } a && Python.Whole(right) is { } b)
        {
            return Wholes(operation, a, b);
        }

        return left is (double or BigInteger or bool) && right is (double or BigInteger or bool)
            ? Floats(operation, Float(left)!.Value, Float(right)!.Value)
            : null;
    }

    private static object Wholes(string operation, BigInteger left, BigInteger right)
    {
        switch (operation)
        {
            case "+":
                return Bounded(left + right);
            case "-":
                return Bounded(left - right);
            case "*":
                return Bounded(left * right);
            case "**" when right.Sign >= 0:
                return Power(left, right);
            case "/" or "**":
                return Floats(operation, Float(left)!.Value, Float(right)!.Value);
            case "//" or "%" when right.IsZero:
                throw new JinjaFault("integer division or modulo by zero");
            default:
                var quotient = BigInteger.DivRem(left, right, out var rest);
                var below = !rest.IsZero && (rest.Sign < 0) != (right.Sign < 0);
                return operation is "//" ? (below ? quotient - 1 : quotient) : below ? rest + right : rest;
        }
    }

    private static BigInteger Power(BigInteger left, BigInteger right)
    {
        var bits = (double)left.GetBitLength() * (double)right;
        return left.IsZero || BigInteger.Abs(left).IsOne ? BigInteger.Pow(left, right.IsEven ? right.IsZero ? 0 : 2 : 1)
            : bits > MostBits ? throw new JinjaFault("a number is too large") : BigInteger.Pow(left, (int)right);
    }

    private static BigInteger Bounded(BigInteger number) =>
        number.GetBitLength() > MostBits ? throw new JinjaFault("a number is too large") : number;

    private static double Floats(string operation, double left, double right)
    {
        if (right is 0 && operation is ("/" or "//" or "%"))
        {
            throw new JinjaFault("division by zero");
        }

        return operation switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "//" => Math.Floor(left / right),
            "%" => Modulo(left, right),
            _ => Math.Pow(left, right),
        };
    }

    private static double Modulo(double left, double right)
    {
        var rest = left % right;
        return rest is not 0 && (rest < 0) != (right < 0) ? rest + right : rest;
    }
}
