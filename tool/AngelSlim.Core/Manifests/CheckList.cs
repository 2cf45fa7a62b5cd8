using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests;

/// <summary>Collects what settings that are each right get wrong together.</summary>
/// <param name="json">The manifest as written.</param>
/// <param name="reading">The manifest as read; what was misread is not complained about twice.</param>
internal sealed class CheckList(LocatedValue json, SettingsReading reading)
{
    private readonly List<Problem> _problems = [];

    /// <summary>In the order of checking.</summary>
    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>All of them were read without a problem, so that it makes sense to compare them.</summary>
    /// <param name="paths">Dotted: <c>target.model</c>.</param>
    public bool AreSound(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            if (!reading.IsSound(path))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The manifest says it, rather than the default.</summary>
    public bool IsGiven(string path)
    {
        var value = json;
        foreach (var name in path.Split('.'))
        {
            if (value.Find(name) is not { } member)
            {
                return false;
            }

            value = member.Value;
        }

        return true;
    }

    /// <summary>An error at a setting, or the nearest around it that is given.</summary>
    public void Wrong(string code, string path, string message) => Wrong(code, json.Nearest(path.Split('.')).Place, message);

    /// <summary>An error at an item of a list.</summary>
    public void Wrong(string code, string path, int item, string message) =>
        Wrong(code, json.Nearest(path.Split('.')).Items[item].Place, message);

    /// <summary>An error at a key of a table.</summary>
    public void Wrong(string code, string path, string key, string message) =>
        Wrong(code, json.Nearest([.. path.Split('.'), key]).Place, message);

    /// <summary>Something worth saying about a setting.</summary>
    public void Odd(string path, string message) =>
        _problems.Add(new(ProblemCode.Contradiction, message, json.Nearest(path.Split('.')).Place) { Severity = Severity.Warning });

    private void Wrong(string code, TextPlace place, string message) => _problems.Add(new(code, message, place));
}
