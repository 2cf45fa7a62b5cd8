using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Torch.Targets;

/// <summary>Every family there is. A new one is one file and one line here.</summary>
internal static class TargetCatalog
{
    /// <summary>In the order in which we came to support them.</summary>
    public static IReadOnlyList<TargetFamily> Families { get; } =
    [
        new Llama(),
        new Qwen3(),
        new Qwen2(),
        new Qwen3Moe(),
        new Hunyuan(),
    ];

    /// <summary>The families among which a target finds its own: those here, and those of the assembly that the manifest names for it.</summary>
    /// <param name="target">The target.</param>
    /// <exception cref="DataException">The assembly is not sound, or two families have one name.</exception>
    public static IReadOnlyList<TargetFamily> For(TargetFolder target)
    {
        if (target.Assembly is not { } assembly)
        {
            return Families;
        }

        IReadOnlyList<TargetFamily> all = [.. Families, .. FamilyAssembly.Load(assembly)];
        RefuseTwice("model_type", family => family.ModelType);
        RefuseTwice("architecture", family => family.Architecture);
        return all;

        void RefuseTwice(string what, Func<TargetFamily, string> name)
        {
            if (all.GroupBy(name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw FamilyAssembly.Wrong(
                    assembly, $"two families have the {what} '{twice.Key}': {string.Join(" and ", twice.Select(Told))}. A target could be of either; rename one, or take it out");
            }
        }

        static string Told(TargetFamily family) => family is OutsideFamily ? family.ToString()! : $"{family.GetType().Name} of the tool";
    }
}
