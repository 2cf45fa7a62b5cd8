namespace AngelSlim.Core.Manifests.Reading;

/// <summary>What an option of the command line does to a manifest.</summary>
internal enum ChangeKind
{
    /// <summary><c>--set path=value</c>.</summary>
    Set,

    /// <summary><c>--set-file path=file</c>: the value is the JSON in the file.</summary>
    SetFile,

    /// <summary><c>--unset path</c>.</summary>
    Unset,

    /// <summary><c>--axis path=values</c>: into the sweep's grid.</summary>
    Axis,

    /// <summary><c>--zip path=values</c>: into one zip of the sweep, with all others of this kind.</summary>
    Zip,

    /// <summary><c>--exclude path=value,path=value</c>: one exclusion more.</summary>
    Exclude,

    /// <summary><c>--max number</c>: the most points.</summary>
    Max,
}

/// <summary>A change to a manifest as it was typed.</summary>
/// <param name="Kind">Which option.</param>
/// <param name="Text">What stands behind the option.</param>
internal sealed record ManifestChange(ChangeKind Kind, string Text)
{
    /// <summary>The option as it was typed, on one line; stands for the file in places, with columns counted from the option's first dash.</summary>
    public string Shown => Reading.Shown.Plain($"{Option} {Text}");

    /// <summary><c>--set</c>.</summary>
    public string Option => Kind switch
    {
        ChangeKind.Set => "--set",
        ChangeKind.SetFile => "--set-file",
        _ => $"--{Kind.ToString().ToLowerInvariant()}",
    };

    /// <summary>The place of a character of <see cref="Text"/>.</summary>
    public TextPlace PlaceOf(int index) => new(Shown, 1, Option.Length + 1 + index + 1);
}
