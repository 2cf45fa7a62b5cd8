using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>What the target's own files make of messages and tokens.</summary>
internal sealed class TargetText(ChatTemplate template, Tokenizer tokenizer, IReadOnlySet<int> stopTokens)
{
    /// <summary>Of its folder.</summary>
    public static TargetText Load(string folder) => new(ChatTemplate.Load(folder, TemplateClock.Instance), Tokenizer.Load(folder), StopTokens.Load(folder));

    /// <summary>Its tokenizer.</summary>
    public Tokenizer Tokenizer => tokenizer;

    /// <summary>Its end tokens.</summary>
    public IReadOnlySet<int> Stops => stopTokens;

    /// <summary>What it reads before its next answer.</summary>
    /// <exception cref="DataException">The template raises on the messages; the row is named.</exception>
    public int[] Prompt(OpenRow open) =>
        BadRow.Rendering(open.Row.Source.Place, () => tokenizer.Encode(template.RenderPrompt(open.Said, open.Row.Source.Arguments)).Ids);

    /// <summary>Holds an answer against tokenizer and template.</summary>
    /// <param name="open">The row that it answers.</param>
    /// <param name="answer">What came.</param>
    /// <returns>The answer; with the server's prompt only where that is another one.</returns>
    /// <exception cref="DataException">Its tokens cannot be this target's.</exception>
    public Answer Checked(OpenRow open, Answer answer)
    {
        if (answer.Tokens is { } tokens && ProducedTokens.Fault(tokenizer, stopTokens, tokens, answer.Text, "of the answer") is { } fault)
        {
            throw BadRow.At(open.Row.Source.Place, fault);
        }

        return answer.OtherPrompt is { } read && read.AsSpan().SequenceEqual(Prompt(open)) ? answer with { OtherPrompt = null } : answer;
    }
}
