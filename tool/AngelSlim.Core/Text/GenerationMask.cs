using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>The mask of transformers' <c>return_assistant_tokens_mask</c>: every token that has a character of a <c>{% generation %}</c> block.</summary>
internal sealed class GenerationMask(ChatTemplate template, Tokenizer tokenizer)
{
    /// <summary>The row of a conversation.</summary>
    /// <exception cref="DataException">The template marks nothing in it.</exception>
    public TokenRow Row(Conversation conversation, string id)
    {
        var (text, generated) = template.RenderMarked(conversation.Messages, conversation.Arguments);
        if (generated.Count is 0)
        {
            throw new DataException(
                ProblemCode.BadTemplate, "chat template: data.mask is \"generation\", but no {% generation %} block was rendered; mark in the template what the assistant generates, or set data.mask to \"exact\"", new TextPlace(template.File));
        }

        var tokens = tokenizer.Encode(text);
        return new TokenRow(id, tokens.Ids, Mask(tokens, generated));
    }

    private static bool[] Mask(TokenizedText tokens, IReadOnlyList<TextSpan> generated)
    {
        var mask = new bool[tokens.Ids.Length];
        var block = 0;
        for (var index = 0; index < mask.Length; index++)
        {
            var span = tokens.Spans[index];
            while (block < generated.Count && generated[block].End <= span.Start)
            {
                block++;
            }

            mask[index] = block < generated.Count && span.End > generated[block].Start;
        }

        return mask;
    }
}
