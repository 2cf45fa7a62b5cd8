using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;

namespace AngelSlim.Torch.Targets;

/// <summary>Whether a rotation that is <c>dynamic</c> may have an <c>alpha</c>.</summary>
internal enum RopeKinds
{
    /// <summary>It is refused.</summary>
    WithoutAlpha,

    /// <summary>It is a larger base at every length.</summary>
    WithAlpha,
}

/// <summary>Reads rotary settings in the spellings of transformers 4 (<c>rope_theta</c>, <c>rope_scaling</c>) and 5 (<c>rope_parameters</c>).</summary>
internal static class RopeReader
{
    private const string Kinds = "default, linear, dynamic, llama3, yarn";

    // transformers takes this base when a file names none.
    private const double UsualTheta = 10000;

    /// <summary>The kind and its numbers. An unknown kind is refused: the reference implementation only warns, and rotates wrongly.</summary>
    /// <param name="config">The text model's config.</param>
    /// <param name="maxPositions">The length that stands in for a missing original length.</param>
    /// <param name="kinds">Whether <c>alpha</c> means something.</param>
    public static Rope Read(ConfigObject config, int maxPositions, RopeKinds kinds)
    {
        // rope_scaling wins when both are there; an empty object counts as missing.
        var key = config.Object("rope_scaling") is { IsEmpty: false } ? "rope_scaling" : "rope_parameters";
        var settings = config.Object(key) is { IsEmpty: false } found ? found : null;
        var theta = settings?.Number("rope_theta", 1, 1e12) ?? config.Number("rope_theta", 1, 1e12) ?? UsualTheta;
        RefusePartial(config);
        if (settings is null)
        {
            return new PlainRope(theta);
        }

        RefusePartial(settings);
        var original = settings.Integer("original_max_position_embeddings", 1, 1 << 30) ?? maxPositions;
        var kindKey = settings.Has("rope_type") ? "rope_type" : "type";
        return (settings.Text(kindKey) ?? "default") switch
        {
            "default" => new PlainRope(theta),
            "linear" => new LinearRope(theta, Required(settings, "factor")),
            "dynamic" => Dynamic(settings, theta, maxPositions, kinds),
            "llama3" => Llama3(settings, theta, original),
            "yarn" => Yarn(settings, theta, original),
            _ => throw settings.Refuse(kindKey, Kinds),
        };
    }

    /// <summary>With alpha the other numbers mean nothing, whatever they are; elsewhere the reference implementation ignores alpha and servers do not.</summary>
    private static Rope Dynamic(ConfigObject settings, double theta, int maxPositions, RopeKinds kinds) => settings.Number("alpha", 1e-6, 1e12) switch
    {
        null => new DynamicRope(theta, Required(settings, "factor"), maxPositions),
        { } alpha when kinds is RopeKinds.WithAlpha => new AlphaRope(theta, alpha),
        _ => throw settings.Refuse("alpha", "none in this family"),
    };

    private static Llama3Rope Llama3(ConfigObject settings, double theta, int original)
    {
        var (low, high) = (Required(settings, "low_freq_factor"), Required(settings, "high_freq_factor"));
        return high > low
            ? new Llama3Rope(theta, Required(settings, "factor"), low, high, original)
            : throw settings.Refuse("high_freq_factor", "more than low_freq_factor");
    }

    private static YarnRope Yarn(ConfigObject settings, double theta, int original)
    {
        var factor = Required(settings, "factor");
        var (one, all) = (settings.Number("mscale", 0, 1e3) ?? 0, settings.Number("mscale_all_dim", 0, 1e3) ?? 0);
        var scaling = one is not 0 && all is not 0 ? Magnitude(factor, one) / Magnitude(factor, all) : Magnitude(factor, 1);
        return new YarnRope(theta, factor, original, settings.Number("attention_factor", 1e-3, 1e3) ?? scaling)
        {
            FastTurns = settings.Number("beta_fast", 1e-3, 1e6) ?? 32,
            SlowTurns = settings.Number("beta_slow", 1e-3, 1e6) ?? 1,
            WholePairs = settings.Flag("truncate", whenMissing: true),
        };
    }

    private static double Magnitude(double factor, double weight) => factor <= 1 ? 1 : (0.1 * weight * Math.Log(factor)) + 1;

    private static double Required(ConfigObject settings, string key) =>
        settings.Number(key, 1e-6, 1e6) ?? throw settings.Refuse(key, "a number; this kind of rotation needs it");

    private static void RefusePartial(ConfigObject config)
    {
        if (config.Number("partial_rotary_factor", 0, 1) is not (null or 1))
        {
            throw config.Refuse("partial_rotary_factor", "1, the rotation of all channels");
        }
    }
}
