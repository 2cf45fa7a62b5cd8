using AngelSlim.Core.Manifests;

namespace AngelSlim.Benchmarks;

/// <summary>Options of the form <c>--name value</c>; one that is given more than once has several values.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, List<string>> _values = [];

    /// <summary>Reads them.</summary>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Count)
            {
                throw new UserException(ProblemCode.Usage, $"'--name value' expected, '{arguments[i]}' found.");
            }

            var name = arguments[i][2..];
            if (!options._values.TryGetValue(name, out var values))
            {
                options._values.Add(name, values = []);
            }

            values.Add(arguments[i + 1]);
        }

        return options;
    }

    /// <summary>The value of an option that must be there.</summary>
    public string this[string name] => Find(name) ?? throw new UserException(ProblemCode.Usage, $"--{name} is missing.");

    /// <summary>The value, or null.</summary>
    public string? Find(string name) => All(name) is [.., var last] ? last : null;

    /// <summary>A whole number, or null.</summary>
    public int? Number(string name) => Find(name) is not { } text ? null : int.TryParse(text, out var number) && number > 0
        ? number
        : throw new UserException(ProblemCode.Usage, $"--{name} should be a whole number from 1 on, not '{text}'.");

    /// <summary>All values.</summary>
    public IReadOnlyList<string> All(string name) => _values.GetValueOrDefault(name) ?? [];
}
