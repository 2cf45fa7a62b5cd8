using System.Diagnostics;
using System.Globalization;
using System.Text;
using AngelSlim.Core.Text;

namespace AngelSlim.Benchmarks;

/// <summary>How fast conversations become token rows on one core: the tokenizer alone, and with template and mask, beside a plain read of the same bytes.</summary>
internal static class Tokenizing
{
    /// <summary>Needs <c>--model</c> (a folder with tokenizer, template and end tokens) and <c>--rows</c> (JSONL); <c>--rounds</c>, 5 unless said.</summary>
    public static int Run(Options options)
    {
        var (path, rounds) = (options["rows"], options.Number("rounds") ?? 5);
        var tokenizer = Tokenizer.Load(options["model"]);
        var tokens = ConversationTokens.Load(options["model"], TemplateClock.Instance);
        var conversations = JsonLines.Read(path).Select(ConversationReader.Read).ToList();
        string[] texts = [.. conversations.SelectMany(conversation => conversation.Messages).Select(message => message.Content).OfType<string>()];
        var bytes = texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{conversations.Count} conversations, {texts.Length} messages, {bytes} bytes of text; load {File.ReadAllText("/proc/loadavg").Trim()}"));

        Tell("first pass", bytes, Timed(() => Encode(tokenizer, texts)));
        Tell("words not known", bytes, Enumerable.Range(0, rounds).Select(_ => Unknown(options["model"], texts)).MinBy(round => round.Seconds));
        var known = Best(rounds, () => Encode(tokenizer, texts));
        Tell("words known", bytes, known);
        var read = Best(rounds, () => new FileInfo(path).Length - File.ReadAllBytes(path).Length);
        var rows = Best(rounds, () => conversations.Sum(conversation => (long)tokens.Tokenize(conversation, "row").Ids.Length));
        Tell("template, tokens and mask", bytes, rows);
        var ids = texts.Select(text => tokenizer.Encode(text).Ids).ToList();
        Tell("decoding", bytes, Best(rounds, () =>
        {
            ids.ForEach(row => tokenizer.Decode(row));
            return ids.Sum(row => (long)row.Length);
        }));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tokenizing takes {known.Seconds / read.Seconds:F0} times as long as reading the file; peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / (1 << 20)} MB"));
        return 0;
    }

    private static long Encode(Tokenizer tokenizer, string[] texts) => texts.Sum(text => (long)tokenizer.Encode(text).Ids.Length);

    /// <summary>As in the first pass, but the code is compiled: a tokenizer just loaded knows no word.</summary>
    private static (long Tokens, double Seconds) Unknown(string model, string[] texts)
    {
        var tokenizer = Tokenizer.Load(model);
        return Timed(() => Encode(tokenizer, texts));
    }

    private static (long Tokens, double Seconds) Timed(Func<long> work)
    {
        // Processor time: the machine may have other work.
        var before = Environment.CpuUsage.TotalTime;
        var tokens = work();
        return (tokens, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private static (long Tokens, double Seconds) Best(int rounds, Func<long> work) =>
        Enumerable.Range(0, rounds).Select(_ => Timed(work)).MinBy(round => round.Seconds);

    private static void Tell(string what, long bytes, (long Tokens, double Seconds) round) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-26} {round.Tokens} tokens, {round.Tokens / round.Seconds / 1e6:F2} M tokens/s, {bytes / round.Seconds / 1e6:F1} MB/s"));
}
