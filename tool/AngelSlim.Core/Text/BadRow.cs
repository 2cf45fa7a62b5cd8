using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>The failure for a row that cannot be used.</summary>
internal static class BadRow
{
    /// <summary>What to do about a row of <c>data.train</c> or <c>data.heldout</c>.</summary>
    public const string MendOrSkip = "mend or delete the row, or set data.onBadRow to \"skip\"";

    /// <summary>What to do about a prompt: no setting leaves one out.</summary>
    public const string Mend = "mend or delete the row";

    /// <summary>Renders a row. A template that raises on its messages is the row's fault as far as the user is concerned: the row must be named.</summary>
    /// <param name="place">File and line of the row.</param>
    /// <param name="render">Uses the template.</param>
    /// <exception cref="DataException">The template raised; the message has the row, and the template's line.</exception>
    public static T Rendering<T>(TextPlace place, Func<T> render)
    {
        try
        {
            return render();
        }
        catch (DataException failure) when (failure.Problem.Code is ProblemCode.BadTemplate)
        {
            throw At(place, $"{failure.Problem.Message} ({failure.Problem.Place})", failure);
        }
    }

    /// <param name="place">File and line of a row of conversation.</param>
    /// <param name="why">What is wrong with it.</param>
    /// <param name="inner">What lies beneath, if anything.</param>
    public static DataException At(TextPlace place, string why, Exception? inner = null) => new(ProblemCode.BadRow, $"{why}; {MendOrSkip}", place, inner);
}
