namespace AngelSlim.Core.Tests.Text;

/// <summary>Sunday, 26 July 2026, 09:05:03: the moment at which the golden templates were rendered.</summary>
internal sealed class FixedClock : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(2026, 7, 26, 9, 5, 3, TimeSpan.Zero);
}
