using System.Text.Json;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>A prompt and what the target makes of it, greedily.</summary>
/// <param name="Set">The benchmark that the prompt is from.</param>
/// <param name="Ids">Prompt and answer.</param>
/// <param name="Prompt">Tokens of the prompt.</param>
internal sealed record KnownText(string Set, long[] Ids, int Prompt);

/// <summary>Texts that are known beforehand, and the target's states along them: one forward each, kept on disk.</summary>
internal static class KnownTexts
{
    /// <summary>Reads <c>texts.json</c> of the anchor: <c>[{ set, prompt, ids }]</c>.</summary>
    public static IReadOnlyList<KnownText> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return
        [
            .. document.RootElement.EnumerateArray().Select(text => new KnownText(
                text.GetProperty("set").GetString()!,
                [.. text.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64())],
                text.GetProperty("prompt").GetInt32())),
        ];
    }

    /// <summary>The outputs of these layers at every token of every text, [1, T, L, D] each.</summary>
    /// <param name="texts">All of them.</param>
    /// <param name="target">Runs only when there is no such file in <c>--cache</c>.</param>
    /// <param name="layers">0-based.</param>
    /// <param name="options"><c>--model</c>, and <c>--cache</c> if states are to be kept.</param>
    public static IReadOnlyList<Tensor> States(IReadOnlyList<KnownText> texts, TargetModel target, IReadOnlyList<int> layers, Options options)
    {
        var path = options.Find("cache") is { } cache ? CapturedStates.FileOf(cache, options["model"], layers, texts.SelectMany(text => text.Ids)) : null;
        if (File.Exists(path))
        {
            using var file = SafetensorsFile.Open(path);
            return [.. texts.Select((_, i) => file.Load($"{i}"))];
        }

        using var frozen = no_grad();
        IReadOnlyList<Tensor> states = [.. texts.Select(text => Hidden(target, text, layers))];
        if (path is not null)
        {
            SafetensorsWriter.Write(path, states.Select((state, i) => (state, i)).ToDictionary(pair => $"{pair.i}", pair => pair.state));
        }

        return states;
    }

    private static Tensor Hidden(TargetModel target, KnownText text, IReadOnlyList<int> layers)
    {
        using var scope = NewDisposeScope();
        return target.Run(new TargetInput(tensor(text.Ids).unsqueeze(0)), layers).Hidden_BTLD.MoveToOuterDisposeScope();
    }
}
