using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>What happened in a step, one JSON object a line; appended by each attempt, and kept beside the result.</summary>
internal sealed class RunLog : IDisposable
{
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(1);
    private readonly StreamWriter _file;
    private DateTimeOffset _lastProgress;

    /// <summary>Opens or makes it.</summary>
    public RunLog(string path) =>
        _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    /// <summary>Writes one line; progress at most once a second.</summary>
    public void Write(StepEvent happened)
    {
        if (happened.Event is Progressed)
        {
            if (happened.At - _lastProgress < BetweenProgress)
            {
                return;
            }

            _lastProgress = happened.At;
        }

        _file.WriteLine(ToJson(happened).ToJsonString());
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static JsonObject ToJson(StepEvent happened)
    {
        var line = new JsonObject { ["at"] = happened.At.ToString("O"), ["step"] = happened.StepId, ["event"] = JsonNamingPolicy.CamelCase.ConvertName(happened.Event.GetType().Name) };
        foreach (var (name, value) in Facts(happened.Event))
        {
            line[name] = value;
        }

        return line;
    }

    private static IEnumerable<(string Name, JsonNode? Value)> Facts(RunEvent happened) => happened switch
    {
        Progressed progressed => [("done", progressed.Done), ("total", progressed.Total), ("unit", progressed.Unit), ("detail", progressed.Detail)],
        Measured measured => [("name", measured.Name), ("value", Finite(measured.Value)), ("of", measured.Step)],
        Said said => [("text", said.Text), ("warning", said.Warning)],
        Began began => [("reason", began.Reason)],
        Failed failed => [("problem", failed.Problem), ("trace", failed.Trace)],
        Ended ended => [("outcome", JsonNamingPolicy.CamelCase.ConvertName(ended.Result.Outcome.ToString())), ("seconds", ended.Result.Seconds)],
        _ => [],
    };

    /// <summary>JSON has no word for what is not finite; a text says it.</summary>
    private static JsonNode Finite(double value) => double.IsFinite(value) ? value : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
