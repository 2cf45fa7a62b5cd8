using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Schemas;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>explain --value</c> says: which value a setting has, and who gave it.</summary>
[Form("value", 1)]
internal sealed record ValueDocument : Document
{
    /// <summary>Path of the manifest, as given.</summary>
    public required string Manifest { get; init; }

    /// <summary>Dotted path of what was asked for; empty for the whole manifest.</summary>
    public required string Path { get; init; }

    /// <summary>What it does; null for a part of a list or a table.</summary>
    public required string? Description { get; init; }

    /// <summary>What it may be; null where nothing bounds it.</summary>
    public required string? Range { get; init; }

    /// <summary>As JSON; null where it has to be given, or where defaults stand at its members.</summary>
    public required string? Default { get; init; }

    /// <summary>The setting, or all that lie beneath it.</summary>
    public required IReadOnlyList<ExplainDocumentSetting> Settings { get; init; }

    /// <summary>Of what was asked for.</summary>
    public static ValueDocument Of(string manifest, string path, IReadOnlyList<TracedSetting> settings, SettingDescription? description) => new()
    {
        Manifest = manifest,
        Path = path,
        Description = description?.Text,
        Range = description?.Range,
        Default = description?.Default,
        Settings = [.. settings.Select(ExplainDocumentSetting.Of)],
    };
}
