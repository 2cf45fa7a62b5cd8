using Cocona.Command;
using Cocona.Help;
using Cocona.Help.DocumentModel;

namespace AngelSlim.Cli.Commands;

/// <summary>A command line at the end of a verb's help.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ExampleAttribute(string line) : Attribute, ICoconaHelpTransformer
{
    /// <summary>As one would type it.</summary>
    public string Line { get; } = line;

    /// <inheritdoc/>
    public void TransformHelp(HelpMessage helpMessage, CommandDescriptor command) =>
        helpMessage.Children.Add(new HelpSection(new HelpHeading("Example:"), new HelpSection(new HelpParagraph(Line))));
}
