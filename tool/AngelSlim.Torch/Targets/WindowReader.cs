using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Targets;

/// <summary>What <c>sliding_window</c> and the keys around it mean.</summary>
public enum WindowKeys
{
    /// <summary>A window in the file is in use, and refused.</summary>
    Refused,

    /// <summary>A window in the file is off unless <c>use_sliding_window</c> is true; then it is refused.</summary>
    RefusedWhenSwitchedOn,

    /// <summary>A window in the file is off unless <c>use_sliding_window</c> is true; then the layers from <c>max_window_layers</c> on have it, or those that <c>layer_types</c> names.</summary>
    FromALayerOn,
}

/// <summary>Reads the windows of attention, layer by layer.</summary>
internal static class WindowReader
{
    // What the reference implementation takes for missing keys.
    private const int UsualWindow = 4096;
    private const int UsualFirstLayer = 28;

    private const string Sliding = "sliding_attention";
    private const string Full = "full_attention";

    /// <summary>Tokens that a token sees in each layer; empty where no layer has a window.</summary>
    /// <param name="config">The text model's config.</param>
    /// <param name="keys">What its keys mean.</param>
    /// <param name="layers">How many there are.</param>
    public static IReadOnlyList<int?> Read(ConfigObject config, WindowKeys keys, int layers)
    {
        var isOn = config.Flag("use_sliding_window", whenMissing: keys is WindowKeys.Refused && config.Has("sliding_window"));
        if (isOn && keys is not WindowKeys.FromALayerOn)
        {
            throw config.Refuse("sliding_window", "null, or use_sliding_window false");
        }

        var types = Types(config, layers);
        if (!isOn)
        {
            return types.Contains(Sliding) ? throw config.Refuse("layer_types", $"{Full} only, unless use_sliding_window is true") : [];
        }

        var window = config.Integer("sliding_window", 1, 1 << 30) ?? UsualWindow;
        var first = config.Integer("max_window_layers", 0, int.MaxValue) ?? UsualFirstLayer;
        var windowed = Enumerable.Range(0, layers).Select(layer => types.Count > 0 ? types[layer] is Sliding : layer >= first).ToList();
        return windowed.Contains(true) ? [.. windowed.Select(has => has ? window : (int?)null)] : [];
    }

    private static IReadOnlyList<string> Types(ConfigObject config, int layers)
    {
        var types = config.Texts("layer_types");
        return types.All(type => type is Full or Sliding) && (types.Count is 0 || types.Count == layers)
            ? types
            : throw config.Refuse("layer_types", $"{layers} of {Full} and {Sliding}, one a layer");
    }
}
