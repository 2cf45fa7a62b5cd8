namespace AngelSlim.Core.Text;

/// <summary>
/// The moment that templates see: 26 July 2024, noon. Some templates write the date into the prompt (Llama 3.2; this is the date
/// that it falls back to). Training rows and prompts must not change from one day to the next.
/// </summary>
internal sealed class TemplateClock : TimeProvider
{
    public static TemplateClock Instance { get; } = new();

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(2024, 7, 26, 12, 0, 0, TimeSpan.Zero);
}
