using System.Globalization;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Torch.Stages;

/// <summary>Room on a disk, asked for before the work and not when it runs out.</summary>
internal static class DiskSpace
{
    // The rest of the store wants to write too.
    private const long Spare = 64L << 20;

    /// <summary>Stops if there is not enough.</summary>
    /// <param name="folder">Where it will be written.</param>
    /// <param name="needed">Bytes.</param>
    /// <param name="free">Bytes.</param>
    /// <exception cref="DataException">There is less.</exception>
    public static void Require(string folder, long needed, long free)
    {
        if (needed + Spare > free)
        {
            throw new DataException(ProblemCode.DiskFull, string.Create(
                CultureInfo.InvariantCulture,
                $"{(needed + Spare) / 1e9:f2} GB needed on the disk of {folder}, {free / 1e9:f2} GB free. Make room, use a store on another disk (--store), or let the target run during training (\"mode\": \"online\")."));
        }
    }
}
