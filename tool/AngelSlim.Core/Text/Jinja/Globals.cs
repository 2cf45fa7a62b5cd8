using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>The functions that every template sees.</summary>
internal static class Globals
{
    private const int LongestRange = 100_000;

    public static Scope Scope(Python python, TimeProvider clock)
    {
        var scope = new Scope(null);
        Add(new("raise_exception", ["message"], 1, call => throw new JinjaFault("the template says: " + call.Python.Str(call.Value(0)))));
        Add(new("strftime_now", ["format"], 1, call => DateText(call.Text(0), clock.GetLocalNow())));
        Add(new("range", null, 0, Range));
        Add(new("namespace", null, 0, Namespace));
        Add(new("dict", null, 0, Dict));
        Add(new("joiner", ["sep"], 0, Joiner));
        Add(Refused("lipsum"));
        Add(Refused("cycler"));
        return scope;

        void Add(Builtin function) => scope.Set(function.Name, new PythonFunction(function.Name, arguments => function.Invoke(python, null, arguments)));
    }

    private static Builtin Refused(string name) => new(name, null, 0, call => throw new JinjaFault($"the function '{name}' is not supported"));

    private static PythonRange Range(Call call)
    {
        var numbers = call.Arguments.Positional.Select(value =>
            Python.Small(Python.Defined(value)) ?? throw new JinjaFault($"'{Python.TypeName(value)}' object cannot be interpreted as an integer")).ToArray();
        var range = numbers.Length switch
        {
            1 => new PythonRange(0, numbers[0], 1),
            2 => new PythonRange(numbers[0], numbers[1], 1),
            3 when numbers[2] is not 0 => new PythonRange(numbers[0], numbers[1], numbers[2]),
            _ => throw new JinjaFault("range needs one to three whole numbers, and a step that is not zero"),
        };
        return range.Count <= LongestRange ? range : throw new JinjaFault($"a range of {range.Count} numbers; at most {LongestRange} are allowed");
    }

    private static PythonNamespace Namespace(Call call)
    {
        var space = new PythonNamespace();
        foreach (var (key, value) in Dict(call).Pairs)
        {
            space.Set(key as string ?? throw new JinjaFault("names in a namespace must be texts"), value);
        }

        return space;
    }

    private static PythonDict Dict(Call call)
    {
        var dict = new PythonDict();
        if (call.Arguments.Positional.Count > 1)
        {
            throw new JinjaFault($"dict expected at most 1 argument, got {call.Arguments.Positional.Count}");
        }

        foreach (var (key, value) in call.Arguments.Positional.SelectMany(source => Pairs(source, call.Python)))
        {
            dict[call.Python.Key(key)] = value;
        }

        foreach (var (name, value) in call.Arguments.Named)
        {
            dict[name] = value;
        }

        return dict;
    }

    private static IEnumerable<(object? Key, object? Value)> Pairs(object? source, Python python) => Python.Defined(source) is PythonDict dict
        ? dict.Pairs
        : python.Items(source).Select(item => python.Items(item) is { Count: 2 } pair ? (pair[0], pair[1]) : throw new JinjaFault("dict needs pairs"));

    private static PythonFunction Joiner(Call call)
    {
        var separator = call.Value(0, ", ");
        var used = false;
        return new PythonFunction("joiner", _ =>
        {
            var first = !used;
            used = true;
            return first ? "" : separator;
        });
    }

    /// <summary>C's <c>strftime</c> in English; <c>-</c> behind the <c>%</c> leaves out padding.</summary>
    private static string DateText(string format, DateTimeOffset now)
    {
        var result = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] is not '%' || at + 1 == format.Length)
            {
                result.Append(format[at]);
                continue;
            }

            var unpadded = format[at + 1] is '-' && at + 2 < format.Length;
            at += unpadded ? 2 : 1;
            var part = DatePart(format[at], now);
            result.Append(unpadded && part.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : part);
        }

        return result.ToString();
    }

    private static string DatePart(char letter, DateTimeOffset now)
    {
        var pattern = letter switch
        {
            'Y' => "yyyy",
            'y' => "yy",
            'm' => "MM",
            'd' => "dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'B' => "MMMM",
            'b' or 'h' => "MMM",
            'A' => "dddd",
            'a' => "ddd",
            'p' => "tt",
            'F' => "yyyy-MM-dd",
            'T' => "HH:mm:ss",
            'f' => "ffffff",
            _ => null,
        };
        return pattern is not null ? now.ToString(pattern, CultureInfo.InvariantCulture) : letter switch
        {
            'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'u' => (now.DayOfWeek is DayOfWeek.Sunday ? 7 : (int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'w' => ((int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            '%' => "%",
            _ => throw new JinjaFault($"the date format '%{letter}' is not supported"),
        };
    }
}
