using AngelSlim.Core.Statistics;

namespace AngelSlim.Torch.Pretraining.Topics;

/// <summary>A short Python function over a list; nothing in the answer is free but the question's words.</summary>
internal static class CodeTopic
{
    private static readonly IReadOnlyList<string> Values =
        ["numbers", "prices", "scores", "ages", "weights", "heights", "points", "grades", "lengths", "costs"];

    public static CorpusConversation Draw(Chooser chooser)
    {
        var (values, limit) = (chooser.Any(Values), chooser.Between(2, 31));
        var value = values[..^1];
        var (task, body) = chooser.Below(7) switch
        {
            0 => ($"returns the sum of a list of {values}", Loop($"sum_{values}", values, "total = 0", $"total += {value}", "total")),
            1 => ($"returns the largest of a list of {values}", Extreme("max", values, ">")),
            2 => ($"returns the smallest of a list of {values}", Extreme("min", values, "<")),
            3 => ($"counts the {values} above {limit}",
                Loop($"count_{values}", values, "count = 0", $"if {value} > {limit}:\n            count += 1", "count")),
            4 => ($"keeps only the {values} below {limit}",
                Loop($"filter_{values}", values, "result = []", $"if {value} < {limit}:\n            result.append({value})", "result")),
            5 => ($"returns the average of a list of {values}",
                $"def average_{value}({values}):\n    if not {values}:\n        return 0\n    return sum({values}) / len({values})"),
            _ => ($"multiplies all {values} by {limit}",
                Loop($"scale_{values}", values, "result = []", $"result.append({value} * {limit})", "result")),
        };
        return new("code", $"Write a Python function that {task}.", $"```python\n{body}\n```");
    }

    private static string Extreme(string name, string values, string comparison) =>
        Loop($"{name}_{values[..^1]}", values, $"best = {values}[0]", $"if {values[..^1]} {comparison} best:\n            best = {values[..^1]}", "best");

    private static string Loop(string name, string values, string before, string inside, string result) =>
        $"def {name}({values}):\n    {before}\n    for {values[..^1]} in {values}:\n        {inside}\n    return {result}";
}
