using System.Text.Json;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;

namespace AngelSlim.Core.Upkeep;

/// <summary>Results that are never deleted.</summary>
/// <param name="Name">What was pinned: <c>run-12</c>, or stage and key as <c>train-3f2a90c1…</c>.</param>
/// <param name="Reason">In the user's words.</param>
/// <param name="At">Since when.</param>
/// <param name="Keys">The results; what they were made of is kept with them.</param>
internal sealed record Pin(string Name, string? Reason, DateTimeOffset At, IReadOnlyList<StepKey> Keys);

/// <summary>The pins of a store: one small file each, so that they outlive the index.</summary>
internal sealed class Pins(string root)
{
    private string Folder => Path.Combine(root, "pins");

    /// <summary>All of them, by name.</summary>
    /// <param name="unreadable">Told the paths of those that are damaged.</param>
    public IReadOnlyList<Pin> All(Action<string> unreadable)
    {
        var pins = new List<Pin>();
        foreach (var path in Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            if (Read(path) is { } pin)
            {
                pins.Add(pin);
            }
            else
            {
                unreadable(path);
            }
        }

        return pins;
    }

    /// <summary>Pins a run: what its steps came to.</summary>
    public Pin Add(RunFile run, string? reason, DateTimeOffset at) => Write(new($"run-{run.Id}", reason, at, run.Keys));

    /// <summary>Pins one result.</summary>
    public Pin Add(StepKey key, string? reason, DateTimeOffset at) => Write(new($"{key.Stage}-{key.Recipe.Hex}", reason, at, [key]));

    /// <summary>Takes a pin away; the results stay until something deletes them.</summary>
    public void Remove(Pin pin) => File.Delete(PathOf(pin.Name));

    private string PathOf(string name) => Path.Combine(Folder, name + ".json");

    private Pin Write(Pin pin)
    {
        Durable.CreateFolder(Folder);
        var file = new PinFile(pin.Reason, pin.At, [.. pin.Keys.Select(key => $"{key.Stage}/{key.Recipe.Hex}")]);
        Durable.WriteText(PathOf(pin.Name), JsonSerializer.Serialize(file, ArtifactJson.Options) + "\n");
        return pin;
    }

    private static Pin? Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize<PinFile>(File.ReadAllText(path), ArtifactJson.Options);
            return file?.Keys is null ? null : new(Path.GetFileNameWithoutExtension(path), file.Reason, file.At, [.. file.Keys.Select(Key)]);
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            return null;
        }
    }

    private static StepKey Key(string text) =>
        text.Split('/') is [var stage, var hex] ? new(stage, Digest.Parse(hex)) : throw new FormatException($"'{text}' is no key.");

    private sealed record PinFile(string? Reason, DateTimeOffset At, IReadOnlyList<string> Keys);
}
