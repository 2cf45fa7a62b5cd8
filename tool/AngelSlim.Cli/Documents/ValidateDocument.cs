using AngelSlim.Core.Hub;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>validate</c> says about a manifest.</summary>
[Form("validate", 1)]
internal sealed record ValidateDocument : Document
{
    /// <summary>Path of the manifest, as given.</summary>
    public required string Manifest { get; init; }

    /// <summary>It has no errors.</summary>
    public required bool Valid { get; init; }

    /// <summary>Errors; the warnings when there is none.</summary>
    public required IReadOnlyList<ValidateDocumentProblem> Problems { get; init; }

    /// <summary>Models of the hub that are not on this machine; a run downloads them before the first step.</summary>
    public required IReadOnlyList<DocumentModel> ToFetch { get; init; }

    /// <summary>Of what was found.</summary>
    public static ValidateDocument Of(string manifest, IReadOnlyList<Problem> problems, IReadOnlyList<Outstanding> models) => new()
    {
        ToFetch = [.. models.Select(DocumentModel.Of)],
        Manifest = manifest,
        Valid = !problems.Any(problem => problem.Severity is Severity.Error),
        Problems = [.. problems.Select(ValidateDocumentProblem.Of)],
    };
}

/// <summary>One thing that is wrong.</summary>
internal sealed record ValidateDocumentProblem
{
    /// <summary>Of the form <c>ASL0001</c>; never means anything else.</summary>
    public required string Code { get; init; }

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Path of the file, as given; null when it is in no file.</summary>
    public required string? File { get; init; }

    /// <summary>From 1; 0 when the whole file is meant.</summary>
    public required int? Line { get; init; }

    /// <summary>From 1, in UTF-16 units; 0 when the whole line is meant.</summary>
    public required int? Column { get; init; }

    /// <summary>What was expected, what was found, what to do; for people.</summary>
    public required string Message { get; init; }

    /// <summary>Of a problem.</summary>
    public static ValidateDocumentProblem Of(Problem problem) => new()
    {
        Code = problem.Code,
        Severity = problem.Severity,
        File = problem.Place?.File,
        Line = problem.Place?.Line,
        Column = problem.Place?.Column,
        Message = problem.Message,
    };
}
