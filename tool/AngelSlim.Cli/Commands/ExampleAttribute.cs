using Cocona.Command;
using Cocona.Help;
using Cocona.Help.DocumentModel;

namespace AngelSlim.Cli.Commands;

/// <summary>Command lines at the end of a verb's help.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExampleAttribute(params string[] lines) : Attribute, ICoconaHelpTransformer
{
    /// <summary>As one would type them.</summary>
    public IReadOnlyList<string> Lines { get; } = lines;

    /// <inheritdoc/>
    public void TransformHelp(HelpMessage helpMessage, CommandDescriptor command) =>
        helpMessage.Children.Add(new HelpSection(
            new HelpHeading(Lines.Count is 1 ? "Example:" : "Examples:"),
            new HelpSection([.. Lines.Select(line => new HelpParagraph(line))])));
}
