namespace AngelSlim.Testing;

/// <summary>Says which problem a test brings about. Every code has such a test; <c>The_problem_codes</c> looks for it.</summary>
/// <param name="code">From <c>ProblemCode</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ProvokesAttribute(string code) : Attribute
{
    /// <summary>From <c>ProblemCode</c>.</summary>
    public string Code { get; } = code;
}
