namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>Looks at <c>post_processor</c> of <c>tokenizer.json</c>.</summary>
/// <remarks>
/// Those that are known put BOS and the like around a text, which is the chat template's work here, or trim spans, which are
/// wanted whole: nothing of them is kept.
/// </remarks>
internal static class PostProcessorSection
{
    /// <summary>Refuses one that is not known, by name; null in the file is one that does nothing.</summary>
    public static void Check(JsonPlace? place)
    {
        if (place?.Member("type").Text() is "Sequence")
        {
            foreach (var step in place.Only("type", "processors").Member("processors").Items())
            {
                CheckStep(step.Member("type"));
            }
        }
        else if (place is not null)
        {
            CheckStep(place.Member("type"));
        }
    }

    private static void CheckStep(JsonPlace type)
    {
        if (type.Text() is not ("ByteLevel" or "TemplateProcessing"))
        {
            throw type.Refuse($"post_processor {type.Text()}");
        }
    }
}
