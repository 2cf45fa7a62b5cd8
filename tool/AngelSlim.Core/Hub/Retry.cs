using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Hub;

/// <summary>Tries again what may go right the next time.</summary>
/// <param name="endpoint">For messages.</param>
/// <param name="patience">How often, and after which pauses.</param>
/// <param name="say">Takes a sentence for the user, before each pause.</param>
internal sealed class Retry(Uri endpoint, Patience patience, Action<string> say)
{
    /// <summary>Until it goes right.</summary>
    /// <param name="what">For messages: a file, a question.</param>
    /// <param name="once">One try.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="DataException">It went wrong too often.</exception>
    public async Task<T> UntilDoneAsync<T>(string what, Func<Task<T>> once, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await once();
            }
            catch (TroubleException trouble)
            {
                await PauseAsync(what, trouble, tries, ct);
            }
        }
    }

    /// <summary>Waits before the next try.</summary>
    /// <param name="what">For messages.</param>
    /// <param name="trouble">What went wrong.</param>
    /// <param name="tries">That went wrong since it last got on.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="DataException">There is no next try.</exception>
    public async Task PauseAsync(string what, TroubleException trouble, int tries, CancellationToken ct)
    {
        var pause = trouble.After ?? patience.PauseAfter(tries);
        if (tries >= patience.Tries || pause > patience.LongestPause)
        {
            var why = pause > patience.LongestPause ? $"asks for a pause of {Seconds(pause)}" : $"was tried {tries} times";
            throw new DataException(
                ProblemCode.HubUnreachable,
                $"{what} of {endpoint.Authority} {why}: {trouble.Message}. What came is kept, and the same command goes on there. "
                    + "Look at the network and at HF_ENDPOINT, HTTPS_PROXY and NO_PROXY; --offline works with what is on this machine.",
                inner: trouble);
        }

        say($"{what}: {trouble.Message}; again in {Seconds(pause)}");
        await Task.Delay(pause, patience.Clock, ct);
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
