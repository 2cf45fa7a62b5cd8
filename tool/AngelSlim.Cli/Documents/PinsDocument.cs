using AngelSlim.Core.Upkeep;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>pin</c> and <c>unpin</c> say: what <c>gc</c> keeps whatever happens.</summary>
[Form("pins", 1)]
internal sealed record PinsDocument : Document
{
    /// <summary>By name.</summary>
    public required IReadOnlyList<DocumentPin> Pins { get; init; }

    /// <summary>Of the pins of a store.</summary>
    public static PinsDocument Of(IReadOnlyList<Pin> pins) => new() { Pins = [.. pins.Select(DocumentPin.Of)] };
}

/// <summary>A pin.</summary>
internal sealed record DocumentPin
{
    /// <summary>What was pinned: <c>run-12</c>, or stage and key as <c>train-3f2a90c1…</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Why, in the user's words; null when nobody said.</summary>
    public required string? Reason { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The results, each as <c>stage/key</c>.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>Of a pin.</summary>
    public static DocumentPin Of(Pin pin) => new()
    {
        Name = pin.Name,
        Reason = pin.Reason,
        At = pin.At,
        Keys = [.. pin.Keys.Select(key => $"{key.Stage}/{key.Recipe.Hex}")],
    };
}
