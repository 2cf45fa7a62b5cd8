namespace AngelSlim.Torch.Training;

/// <summary>Which rows a step trains on: every row once an epoch, each epoch in another order.</summary>
/// <remarks>A pure function of seed and step, so a run that goes on needs no memory of what it has drawn.</remarks>
/// <param name="rows">Rows there are.</param>
/// <param name="batchRows">Rows of a step; the last step of an epoch may have fewer.</param>
/// <param name="seed">The run's.</param>
internal sealed class RowOrder(int rows, int batchRows, int seed)
{
    private int _epoch = -1;
    private int[] _order = [];

    /// <summary>Steps that it takes to see every row once.</summary>
    public int StepsPerEpoch { get; } = (rows + batchRows - 1) / batchRows;

    /// <summary>The rows of a step.</summary>
    /// <param name="step">From 0.</param>
    public IReadOnlyList<int> At(int step)
    {
        var epoch = step / StepsPerEpoch;
        if (epoch != _epoch)
        {
            (_epoch, _order) = (epoch, Shuffled(epoch));
        }

        var from = step % StepsPerEpoch * batchRows;
        return _order[from..Math.Min(from + batchRows, rows)];
    }

    /// <summary>Rows of a step in groups that are computed at once: as many as fit, in their order. A row that is longer alone is a group.</summary>
    /// <param name="rows">Of the step.</param>
    /// <param name="lengthOf">Tokens of a row.</param>
    /// <param name="most">Tokens of a group.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Groups(IReadOnlyList<int> rows, Func<int, int> lengthOf, int most)
    {
        var groups = new List<List<int>>();
        var room = 0;
        foreach (var row in rows)
        {
            var length = lengthOf(row);
            if (groups.Count is 0 || length > room)
            {
                groups.Add([]);
                room = most;
            }

            groups[^1].Add(row);
            room -= length;
        }

        return groups;
    }

    /// <summary>Fisher and Yates, drawing from SplitMix64: the same on every platform and runtime.</summary>
    private int[] Shuffled(int epoch)
    {
        var order = Enumerable.Range(0, rows).ToArray();
        var state = ((ulong)(uint)seed << 32) ^ (uint)epoch;
        for (var i = rows - 1; i > 0; i--)
        {
            var j = (int)(Next(ref state) % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    private static ulong Next(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
