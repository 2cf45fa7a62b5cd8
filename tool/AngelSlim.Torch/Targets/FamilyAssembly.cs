using System.Reflection;
using System.Runtime.Loader;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Torch.Targets;

/// <summary>The families of an assembly that a manifest names.</summary>
/// <remarks>
/// Only its own bytes are loaded, for only they are in the keys of the steps that use it: of other assemblies it finds
/// those of the framework and of this tool.
/// </remarks>
internal static class FamilyAssembly
{
    private static readonly string Contract = $"{typeof(TargetFamily).FullName} of this tool's {typeof(TargetFamily).Assembly.GetName().Name}";

    /// <summary>One of each public class that is a family and can be made.</summary>
    /// <param name="path">The assembly.</param>
    /// <exception cref="DataException">It is no assembly, has no family, or one that cannot be made.</exception>
    public static IReadOnlyList<TargetFamily> Load(string path)
    {
        var types = Types(path).Where(type => type is { IsClass: true, IsAbstract: false } && type.IsSubclassOf(typeof(TargetFamily))).OrderBy(type => type.FullName, StringComparer.Ordinal).ToList();
        return types.Count > 0
            ? [.. types.Select(type => OutsideFamily.Of(path, type))]
            : throw Wrong(path, $"it has no family: no public class in it derives from {Contract}. Derive one, or take 'target.assembly' out of the manifest");
    }

    /// <summary>The error about an assembly.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="message">What is wrong, and what to do; no full stop.</param>
    /// <param name="inner">What lies beneath, if anything.</param>
    public static DataException Wrong(string path, string message, Exception? inner = null) => new(ProblemCode.BadFamily, $"{message}.", new TextPlace(path), inner);

    private static Type[] Types(string path)
    {
        try
        {
            var context = new AssemblyLoadContext(path, isCollectible: true);
            using var bytes = new MemoryStream(File.ReadAllBytes(path));
            return context.LoadFromStream(bytes).GetExportedTypes();
        }
        catch (BadImageFormatException e)
        {
            throw Wrong(path, $"a .NET assembly expected: {e.Message} Name the .dll that the build of the family's project made", e);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or TypeLoadException or ReflectionTypeLoadException)
        {
            throw Wrong(path, $"its types cannot be loaded: {e.Message} It may use the framework, TorchSharp and what this tool is made of; build it against this version of the tool, with everything else inside it", e);
        }
    }
}
