using AngelSlim.Testing;

namespace AngelSlim.Core.Tests.Text;

/// <summary>Finds the tokenizer that golden answers are about: beside them, or that of a real model.</summary>
internal static class TokenizerFolders
{
    /// <summary>The folder with the tokenizer for a folder of golden answers.</summary>
    public static string Holding(string answers) =>
        File.Exists(Path.Combine(answers, "tokenizer.json")) ? answers : Path.GetFileName(answers) switch
        {
            "smollm2-real" => Golden.SharedBeside("models", "smollm2-135m-instruct")!,
            "qwen2-real" => Golden.SharedBeside("data", "tokenizers", "qwen2")!,
            var name => throw new InvalidOperationException($"{name} has no tokenizer.json."),
        };
}
