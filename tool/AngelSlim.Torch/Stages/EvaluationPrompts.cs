using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Targets;

namespace AngelSlim.Torch.Stages;

/// <summary>A prompt of an evaluation.</summary>
/// <param name="Source">The file that it is from, by its label; <c>heldout</c> for held-out rows.</param>
/// <param name="Id">Its name there.</param>
/// <param name="Tokens">What the target reads before it answers.</param>
/// <param name="Place">The row.</param>
internal sealed record EvaluationPrompt(string Source, string Id, long[] Tokens, TextPlace Place);

/// <summary>Finds an evaluation's prompts: in the files that were named, else in the held-out rows.</summary>
internal static class EvaluationPrompts
{
    /// <summary>All prompts, in the order of the files.</summary>
    /// <param name="settings">How many of each file, and how long the answers get.</param>
    /// <param name="inputs">Where they are.</param>
    /// <param name="target">Says what it can read.</param>
    /// <exception cref="DataException">There is none, or one cannot be read or is too long for the target.</exception>
    public static IReadOnlyList<EvaluationPrompt> Read(EvaluateSettings settings, EvaluateInputs inputs, TargetConfig target)
    {
        IReadOnlyList<EvaluationPrompt> prompts = inputs.Prompts.Count > 0
            ? [.. OfFiles(settings, inputs)]
            : [.. OfHeldoutRows(inputs.Rows.Heldout, target.Vocabulary).Take(settings.PromptsPerFile)];
        if (prompts.Count is 0)
        {
            throw new DataException(
                ProblemCode.NoRows,
                "there is no prompt to evaluate: name files in evaluation.prompts, or put rows aside with data.heldout or data.heldoutShare.",
                new TextPlace(inputs.Rows.Heldout));
        }

        foreach (var prompt in prompts)
        {
            Check(prompt, settings.MaxNewTokens, target);
        }

        return prompts;
    }

    private static void Check(EvaluationPrompt prompt, int newTokens, TargetConfig target)
    {
        var longest = target.MaxPositions - newTokens;
        var wrong = prompt.Tokens.Length is 0 ? "has no token. Drop it, or look at the target's chat template."
            : prompt.Tokens.Length > longest
                ? $"has {prompt.Tokens.Length} tokens; with evaluation.maxNewTokens {newTokens} the target's {target.MaxPositions} positions leave room for {longest}. Shorten or drop it."
            : prompt.Tokens.Max() >= target.Vocabulary
                ? $"has token {prompt.Tokens.Max()}, but the target has {target.Vocabulary} words: its tokenizer.json and its weights are of two models."
            : null;
        if (wrong is not null)
        {
            throw new DataException(ProblemCode.BadRow, $"prompt {prompt.Id} of {prompt.Source} {wrong}", prompt.Place);
        }
    }

    private static IEnumerable<EvaluationPrompt> OfFiles(EvaluateSettings settings, EvaluateInputs inputs)
    {
        var template = ChatTemplate.Load(inputs.Target.Folder, TemplateClock.Instance);
        var tokenizer = Tokenizer.Load(inputs.Target.Folder);
        foreach (var (label, file) in settings.PromptLabels.Zip(inputs.Prompts))
        {
            foreach (var prompt in PromptReader.Read(file.Path).Take(settings.PromptsPerFile))
            {
                yield return new EvaluationPrompt(label, prompt.Id, [.. prompt.Tokens(template, tokenizer).Select(id => (long)id)], prompt.Place);
            }
        }
    }

    /// <summary>The first question of a row is what stands before its first counted token.</summary>
    private static IEnumerable<EvaluationPrompt> OfHeldoutRows(string path, int vocabulary) =>
        from line in TokenRowFile.Read(path, vocabulary).Index()
        let row = line.Item
        let question = Array.IndexOf(row.Mask, true)
        where question > 0
        select new EvaluationPrompt("heldout", row.Id, [.. row.Ids.Take(question).Select(id => (long)id)], new TextPlace(path, line.Index + 1));
}
