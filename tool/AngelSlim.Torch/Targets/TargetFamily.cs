using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;

namespace AngelSlim.Torch.Targets;

/// <summary>
/// A kind of target: what its <c>config.json</c> means, which weights it has, and what one of its layers computes.
/// Sizes are never here, they come from each checkpoint. What all kinds share (embedding, final RMS norm, head, cache,
/// the states that are kept) is the caller's.
/// </summary>
/// <remarks>
/// A family in this program is a class and a line in <see cref="TargetCatalog"/>; a family of somebody else's is a public
/// class with a public constructor without parameters, in an assembly that the manifest names (<c>target.assembly</c>).
/// Each has to give, for its <see cref="TinyConfig"/>: the same with a cache and without, and the same of a padded row as
/// of the row alone, to the rounding of float32; and no weight that is listed and not read.
/// </remarks>
public abstract class TargetFamily
{
    /// <summary>As <c>model_type</c> says it.</summary>
    public abstract string ModelType { get; }

    /// <summary>As <c>architectures</c> says it.</summary>
    public abstract string Architecture { get; }

    /// <summary>A <c>config.json</c> of this family with 4 layers and a few thousand weights that has every part that tells the family from others; a new object at each call.</summary>
    public abstract JsonObject TinyConfig();

    /// <summary>What a checkpoint's <c>config.json</c> says, in one spelling.</summary>
    /// <param name="config">The file.</param>
    /// <exception cref="DataException">It asks for what the family does not compute: by <see cref="ConfigObject.Refuse"/>, never guessed.</exception>
    public abstract TargetConfig Read(ConfigObject config);

    /// <summary>The weights of a layer, by the names and shapes of the checkpoint, without <c>model.layers.N.</c> before them; each of them is read by <see cref="Layer"/>.</summary>
    /// <param name="config">What <see cref="Read"/> gave.</param>
    /// <param name="layer">0-based.</param>
    public virtual IEnumerable<TargetWeight> WeightsOfLayer(TargetConfig config, int layer) => StandardLayer.Weights(config, layer);

    /// <summary>A layer over its weights.</summary>
    /// <param name="config">What <see cref="Read"/> gave.</param>
    /// <param name="layer">0-based.</param>
    /// <param name="weights">Those that <see cref="WeightsOfLayer"/> lists.</param>
    public virtual IDecoderLayer Layer(TargetConfig config, int layer, LayerWeights weights) => StandardLayer.Build(config, layer, weights);
}
