using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>A chat template in the part of Jinja2 that such templates use, in the environment of transformers' <c>apply_chat_template</c>.</summary>
/// <remarks>
/// Values behave as Python's. What is not supported is refused with its place in the template, never guessed. A template comes
/// from outside: its steps, depth and output are bounded, see <see cref="RenderBudget"/>.
/// </remarks>
internal sealed class JinjaTemplate
{
    private readonly IReadOnlyList<Statement> _statements;

    private JinjaTemplate(string file, IReadOnlyList<Statement> statements) => (File, _statements) = (file, statements);

    /// <summary>Where it stands.</summary>
    public string File { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="file">Where it stands, for messages.</param>
    /// <exception cref="DataException">It is not a template, or uses something that is not supported.</exception>
    public static JinjaTemplate Parse(string source, string file)
    {
        try
        {
            return new JinjaTemplate(file, Parser.Parse(source));
        }
        catch (JinjaFault fault)
        {
            throw Wrong(fault, fault.Spot, file);
        }
    }

    /// <summary>Renders it.</summary>
    /// <param name="variables">Values in the form that <see cref="JinjaValue"/> makes of JSON.</param>
    /// <param name="clock">For <c>strftime_now</c>.</param>
    /// <exception cref="DataException">The template raises, or does what Python would not allow.</exception>
    public string Render(IEnumerable<KeyValuePair<string, object?>> variables, TimeProvider clock) => Run(variables, clock, out _).Text;

    /// <summary>Renders it, and says where <c>{% generation %}</c> blocks stand in the text.</summary>
    /// <exception cref="DataException">As <see cref="Render"/>; also where a block stands in a macro or in a text that is kept, so that it has no place.</exception>
    public MarkedText RenderMarked(IEnumerable<KeyValuePair<string, object?>> variables, TimeProvider clock) => Run(variables, clock, out var losesMarks) is var text && !losesMarks
        ? text
        : throw Wrong(new JinjaFault("{% generation %} stands in a macro, a call or a set block, so its place in the text is not known"), new Spot(1, 1), File);

    private MarkedText Run(IEnumerable<KeyValuePair<string, object?>> variables, TimeProvider clock, out bool losesMarks)
    {
        var python = new Python(new RenderBudget());
        var interpreter = new Interpreter(python);
        var scope = new Scope(Globals.Scope(python, clock));
        foreach (var (name, value) in variables)
        {
            scope.Set(name, value);
        }

        try
        {
            var text = interpreter.Run(_statements, scope);
            losesMarks = interpreter.LosesGenerated;
            return text;
        }
        catch (JinjaFault fault)
        {
            throw Wrong(fault, fault.Spot.Line > 0 ? fault.Spot : interpreter.Spot, File);
        }
    }

    private static DataException Wrong(JinjaFault fault, Spot spot, string file) =>
        new(ProblemCode.BadTemplate, "chat template: " + fault.Message, new TextPlace(file, spot.Line, spot.Column), fault);
}

/// <summary>A rendered template.</summary>
/// <param name="Text">The text.</param>
/// <param name="Generated">What <c>{% generation %}</c> blocks wrote, in order.</param>
internal sealed record MarkedText(string Text, IReadOnlyList<TextSpan> Generated);
