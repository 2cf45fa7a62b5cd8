namespace AngelSlim.Core.Upkeep;

/// <summary>What an examination found.</summary>
internal enum Health
{
    /// <summary>As it should be.</summary>
    Fine,

    /// <summary>Worth knowing; nothing has to be done.</summary>
    Note,

    /// <summary>Was wrong, and is no longer.</summary>
    Mended,

    /// <summary>Something has to be done.</summary>
    Wrong,
}

/// <summary>What is done about what is found.</summary>
internal enum Treatment
{
    /// <summary>It is said.</summary>
    Look,

    /// <summary>It is mended where that loses nothing; the store must be held alone.</summary>
    Mend,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Check">What was looked at: <c>index</c>, <c>results</c>.</param>
/// <param name="Health">How it is.</param>
/// <param name="Text">What was found, and what to do about it.</param>
internal sealed record Finding(string Check, Health Health, string Text);
