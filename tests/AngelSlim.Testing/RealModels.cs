using System.Diagnostics;

namespace AngelSlim.Testing;

/// <summary>Real checkpoints, for tests that tiny random models cannot replace.</summary>
public static class RealModels
{
    private const string Weights = "model.safetensors";

    /// <summary>SmolLM2-135M-Instruct with its weights unpacked, or null where this machine does not have it.</summary>
    public static string? SmolLM2() => Find("smollm2-135m-instruct");

    /// <summary>In <c>ANGELSLIM_MODELS</c>, else beside the shared goldens, else unpacked from there, once, into <c>artifacts/models</c>.</summary>
    private static string? Find(string name)
    {
        var shared = Golden.SharedBeside("models", name);
        var unpacked = Path.Combine(Golden.Root, "artifacts", "models", name);
        string?[] places = [Environment.GetEnvironmentVariable("ANGELSLIM_MODELS") is { } models ? Path.Combine(models, name) : null, shared, unpacked];
        if (places.FirstOrDefault(place => place is not null && File.Exists(Path.Combine(place, Weights))) is { } ready)
        {
            return ready;
        }

        if (shared is null || !File.Exists(Path.Combine(shared, Weights + ".xz")))
        {
            return null;
        }

        Unpack(shared, unpacked);
        return unpacked;
    }

    /// <summary>A folder takes its name only when it is complete: a killed test run leaves no half model.</summary>
    private static void Unpack(string packed, string folder)
    {
        var parent = Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        var temporary = Path.Combine(parent.FullName, Path.GetRandomFileName());
        Directory.CreateDirectory(temporary);
        foreach (var file in Directory.EnumerateFiles(packed))
        {
            if (file.EndsWith(".xz", StringComparison.Ordinal))
            {
                Decompress(file, Path.Combine(temporary, Path.GetFileNameWithoutExtension(file)));
            }
            else
            {
                File.Copy(file, Path.Combine(temporary, Path.GetFileName(file)));
            }
        }

        try
        {
            Directory.Move(temporary, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another test process was faster.
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static void Decompress(string from, string to)
    {
        using var xz = Process.Start(new ProcessStartInfo("xz", ["--decompress", "--stdout", from]) { RedirectStandardOutput = true })!;
        using (var file = File.Create(to))
        {
            xz.StandardOutput.BaseStream.CopyTo(file);
        }

        xz.WaitForExit();
        if (xz.ExitCode is not 0)
        {
            throw new InvalidDataException($"xz could not unpack {from}: exit code {xz.ExitCode}.");
        }
    }
}
