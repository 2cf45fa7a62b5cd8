namespace AngelSlim.Torch.Training;

/// <summary>Rows with the target's states: computed now, or read from disk.</summary>
internal interface IFeatureSource
{
    /// <summary>Rows there are.</summary>
    int Count { get; }

    /// <summary>A row's own name, for the log and for messages.</summary>
    string IdOf(int row);

    /// <summary>Tokens of a row, without reading it.</summary>
    int LengthOf(int row);

    /// <summary>Reads rows into one batch, in the current dispose scope.</summary>
    /// <param name="rows">From 0, in the order of the batch.</param>
    /// <exception cref="Core.Manifests.DataException">What is on disk is not sound.</exception>
    FeatureBatch Read(IReadOnlyList<int> rows);
}
