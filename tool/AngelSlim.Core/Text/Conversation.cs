using System.Security.Cryptography;
using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Jinja;

namespace AngelSlim.Core.Text;

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>user</c>, <c>assistant</c>, <c>system</c>, <c>tool</c> or what else the template knows.</param>
/// <param name="Members">Everything that the template may read, role and content among it.</param>
internal sealed record Message(string Role, PythonDict Members)
{
    public bool IsAnswer => Role is "assistant";

    /// <summary>The content, if it is a text.</summary>
    public string? Content => Members.TryGet("content", out var content) ? content as string : null;

    /// <summary>A message that is only a text.</summary>
    public static Message Of(string role, string content) => new(role, new PythonDict { ["role"] = role, ["content"] = content });
}

/// <summary>How an answer came about.</summary>
/// <param name="Tokens">Those that the target itself produced; null where only the text is known.</param>
/// <param name="IsCut">It ended at a limit of length: the target did not end it.</param>
internal sealed record AnswerOrigin(int[]? Tokens, bool IsCut)
{
    /// <summary>Nothing is known.</summary>
    public static AnswerOrigin Unknown { get; } = new(null, IsCut: false);
}

/// <summary>A conversation as a row of a data file tells it.</summary>
/// <param name="Place">The row.</param>
/// <param name="Id">The row's own name, if it has one.</param>
/// <param name="Messages">In order; at least one.</param>
internal sealed record Conversation(TextPlace Place, string? Id, IReadOnlyList<Message> Messages)
{
    /// <summary>Further variables for the template: <c>tools</c>.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; init; } = new Dictionary<string, object?>();

    /// <summary>For each answer in order what is known of how it came about; empty when the row knows nothing of it.</summary>
    public IReadOnlyList<AnswerOrigin> Origins { get; init; } = [];

    /// <summary>The messages that a target would generate, by index. One at index 0 has no prompt and is none.</summary>
    public IReadOnlyList<int> Answers => [.. Enumerable.Range(1, Messages.Count - 1).Where(index => Messages[index].IsAnswer)];

    /// <summary>What is known of how this message, an answer, came about.</summary>
    public AnswerOrigin OriginOf(int message) => Origins.Count is 0 ? AnswerOrigin.Unknown : Origins[Messages.Take(message).Count(earlier => earlier.IsAnswer)];

    /// <summary>The conversation as it stood when this message had been said.</summary>
    public Conversation UpTo(int message) => message == Messages.Count - 1 ? this : this with
    {
        Messages = [.. Messages.Take(message + 1)],
        Origins = [.. Origins.Take(Messages.Take(message + 1).Count(said => said.IsAnswer))],
    };

    /// <summary>SHA-256 of what is said, whatever the form of the row and the order of its members: 64 hexadecimal digits.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, new PythonList([.. Messages.Select(message => message.Members)]));
        foreach (var (name, value) in Arguments.OrderBy(argument => argument.Key, StringComparer.Ordinal))
        {
            Add(hash, name);
            Add(hash, value);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Keys are texts, as they come from JSON. Every value is written with its kind and length before it, so that two different ones never give the same bytes.
    private static void Add(IncrementalHash hash, object? value)
    {
        switch (value)
        {
            case string text:
                hash.AppendData(Encoding.UTF8.GetBytes($"s{Encoding.UTF8.GetByteCount(text)}:{text}"));
                break;
            case PythonList list:
                hash.AppendData(Encoding.UTF8.GetBytes($"l{list.Items.Count}:"));
                foreach (var item in list.Items)
                {
                    Add(hash, item);
                }

                break;
            case PythonDict dict:
                hash.AppendData(Encoding.UTF8.GetBytes($"d{dict.Count}:"));
                foreach (var (key, item) in dict.Pairs.OrderBy(pair => (string)pair.Key!, StringComparer.Ordinal))
                {
                    Add(hash, key);
                    Add(hash, item);
                }

                break;
            default:
                hash.AppendData(Encoding.UTF8.GetBytes($"v{new PythonText(new RenderBudget()).Repr(value)};"));
                break;
        }
    }
}
