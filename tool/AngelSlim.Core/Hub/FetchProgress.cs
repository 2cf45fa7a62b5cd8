using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Hub;

/// <summary>How far a download is.</summary>
/// <param name="total">Bytes that were to come when it began.</param>
/// <param name="tell">Takes what happens.</param>
internal sealed class FetchProgress(long total, Action<RunEvent> tell)
{
    private const long Kilo = 1000;
    private const long Mega = 1000 * Kilo;

    private readonly Lock _turns = new();
    private readonly long _unit = total >= 10 * Mega ? Mega : Kilo;
    private long _done;
    private long _told = -1;

    /// <summary>Bytes came; a negative number of them has to come again.</summary>
    public void Add(long bytes)
    {
        lock (_turns)
        {
            _done += bytes;
            var units = Units(_done);
            if (units != _told)
            {
                _told = units;
                tell(new Progressed(units, Units(total), _unit is Mega ? "MB" : "kB"));
            }
        }
    }

    /// <summary>A sentence for the user.</summary>
    public void Say(string text)
    {
        lock (_turns)
        {
            tell(new Said(text));
        }
    }

    private long Units(long bytes) => (Math.Max(0, bytes) + _unit - 1) / _unit;
}
