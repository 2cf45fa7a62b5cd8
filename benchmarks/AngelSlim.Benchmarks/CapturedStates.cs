using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AngelSlim.Benchmarks;

/// <summary>Names of files that keep a target's states: another target, other layers or other tokens give another name.</summary>
internal static class CapturedStates
{
    /// <summary>The file of these tokens.</summary>
    /// <param name="folder">Where such files are kept; made if it is not there.</param>
    /// <param name="model">The target's folder. Its weights are told by their sizes and times: reading half a gigabyte for a name would take longer than it saves.</param>
    /// <param name="layers">Kept layers, 0-based.</param>
    /// <param name="ids">The tokens.</param>
    public static string FileOf(string folder, string model, IEnumerable<int> layers, IEnumerable<long> ids)
    {
        var weights = Directory.EnumerateFiles(model, "*.safetensors").Order(StringComparer.Ordinal).Select(path => new FileInfo(path));
        var text = new StringBuilder()
            .AppendJoin(';', weights.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}")))
            .Append('|').AppendJoin(',', layers)
            .Append('|').AppendJoin(',', ids);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return Path.Combine(Directory.CreateDirectory(folder).FullName, Convert.ToHexStringLower(digest.AsSpan(0, 12)) + ".safetensors");
    }
}
