using System.Runtime.InteropServices;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Torch.Tensors;

/// <summary>Finds libtorch before TorchSharp looks for it.</summary>
/// <remarks>
/// The packed tool carries no libtorch (half a gigabyte): it is loaded in place from the NuGet cache. Whatever touches a
/// tensor calls <see cref="Load"/> first; <c>validate</c>, <c>plan</c>, <c>status</c> and <c>--help</c> never do.
/// Left alone, TorchSharp would copy all natives beside itself and fail with a misleading message.
/// </remarks>
internal static partial class NativeLibraries
{
    private const string Package = "libtorch-cpu-linux-x64";
    private const string Version = "2.10.0";
    private static readonly string[] InLoadingOrder = ["libgomp-98b21ff3.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so"];

    /// <summary>Loads libtorch from beside the program, else from the package folder.</summary>
    /// <param name="packages">The NuGet package folder: <c>NUGET_PACKAGES</c>, else <c>~/.nuget/packages</c>.</param>
    /// <exception cref="DataException">It is in neither place; the message has the command that fetches it.</exception>
    public static void Load(string packages)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Two spinning OpenMP threads on two busy cores wait for each other far longer than they compute. libgomp reads its
        // environment when it is loaded, and from the process, where .NET's own setter does not write. A user's choice stays.
        _ = SetEnvironment("OMP_WAIT_POLICY", "passive", overwrite: 0);
        if (IsBeside(AppContext.BaseDirectory))
        {
            return;
        }

        var folder = Path.Combine(packages, Package, Version, "runtimes", "linux-x64", "native");
        if (!Directory.Exists(folder))
        {
            throw new DataException(
                ProblemCode.NoNativeLibrary,
                $"libtorch {Version} should be in {folder}, but that folder does not exist. Restore it: dotnet restore AngelSlim.sln in a checkout of this tool.");
        }

        foreach (var name in InLoadingOrder)
        {
            NativeLibrary.Load(Path.Combine(folder, name));
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    private static bool IsBeside(string program) =>
        File.Exists(Path.Combine(program, "libtorch_cpu.so"))
        || File.Exists(Path.Combine(program, "runtimes", "linux-x64", "native", "libtorch_cpu.so"));
}
