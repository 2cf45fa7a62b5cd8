namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>Reads <c>post_processor</c> of <c>tokenizer.json</c>.</summary>
internal static class PostProcessorSection
{
    /// <summary>The post-processor; null in the file is one that does nothing.</summary>
    public static PostProcessor Read(JsonPlace? place, int tokens)
    {
        if (place is null)
        {
            return new PostProcessor();
        }

        if (place.Member("type").Text() is not "Sequence")
        {
            return ReadStep(new PostProcessor(), place, tokens);
        }

        place.Only("type", "processors");
        return place.Member("processors").Items().Aggregate(new PostProcessor(), (before, step) => ReadStep(before, step, tokens));
    }

    private static PostProcessor ReadStep(PostProcessor before, JsonPlace step, int tokens)
    {
        var type = step.Member("type");
        switch (type.Text())
        {
            case "ByteLevel" when before is { Trims: false, Before.Count: 0, After.Count: 0 }:
                step.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return before with { Trims = step.Member("trim_offsets").Flag(), SparesFirstSpace = step.Member("add_prefix_space").Flag() };
            case "ByteLevel":
                throw step.Refuse("post_processor ByteLevel behind one that trims or adds tokens");
            case "TemplateProcessing" when before.Before.Count + before.After.Count == 0:
                step.Only("type", "single", "pair", "special_tokens");
                return ReadTemplate(before, step, tokens);
            default:
                throw type.Refuse($"post_processor {type.Text()}");
        }
    }

    private static PostProcessor ReadTemplate(PostProcessor before, JsonPlace step, int tokens)
    {
        var sides = new List<int>[] { [], [] };
        var side = 0;
        foreach (var item in step.Member("single").Items())
        {
            item.Only("SpecialToken", "Sequence");
            if (item.Find("SpecialToken") is { } special)
            {
                sides[side].AddRange(ReadIds(step.Member("special_tokens").Member(special.Member("id").Text()), tokens));
            }
            else if (side++ > 0 || item.Member("Sequence").Member("id").Text() is not "A")
            {
                throw item.Refuse("post_processor TemplateProcessing with other than one sequence A");
            }
        }

        return side == 1
            ? before with { Before = sides[0], After = sides[1] }
            : throw step.Refuse("post_processor TemplateProcessing without a sequence");
    }

    private static IEnumerable<int> ReadIds(JsonPlace special, int tokens) =>
        special.Member("ids").Items().Select(id => id.Count() < tokens ? id.Count() : throw id.Refuse($"id {id.Count()} is no token"));
}
