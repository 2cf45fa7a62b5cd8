namespace AngelSlim.Core.Manifests;

/// <summary>The question is wrong: manifest, option or path. Carries every problem that was found; exit code 2.</summary>
public sealed class UserException(IReadOnlyList<Problem> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>A question with one problem.</summary>
    public UserException(string code, string message, TextPlace? place = null)
        : this([new Problem(code, message, place)])
    {
    }

    /// <summary>All of them, in source order.</summary>
    public IReadOnlyList<Problem> Problems { get; } = problems;
}

/// <summary>The data is wrong: a row, a weight file, a tokenizer. Says file and place, expected, found, and what to do; exit code 3.</summary>
public sealed class DataException : Exception
{
    /// <summary>What is wrong with which file.</summary>
    /// <param name="code">From <see cref="ProblemCode"/>.</param>
    /// <param name="message">Expected, found, next action.</param>
    /// <param name="place">The file, and the line where it has lines.</param>
    /// <param name="inner">What lies beneath, if anything.</param>
    public DataException(string code, string message, TextPlace? place = null, Exception? inner = null)
        : base(new Problem(code, message, place).ToString(), inner) => Problem = new Problem(code, message, place);

    /// <summary>The facts of the message.</summary>
    public Problem Problem { get; }
}
