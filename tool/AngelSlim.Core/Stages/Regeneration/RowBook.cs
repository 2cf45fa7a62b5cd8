using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>Keeps the books of a regeneration, whatever computes the answers: which rows there are, which have answers, and how fast it goes. May be used by several threads.</summary>
/// <remarks>Of each row that is not being answered at the moment only its key is in memory.</remarks>
internal sealed class RowBook : IDisposable
{
    private const int MostLeftOutTold = 10;
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);

    private readonly AskedRows _rows;
    private readonly AnswerJournal _journal;
    private readonly StageContext _context;
    private readonly TimeProvider _clock;
    private readonly List<UInt128> _keys = [];
    private readonly Lock _turns = new();
    private readonly long _begun;
    private readonly int _heldout;
    private long _told;
    private int _leftOut;
    private int _rowsNow;
    private long _tokensNow;
    private Problem? _firstLeftOut;

    /// <summary>Goes over all rows once, before the first is answered: what is wrong with them is to be known then.</summary>
    /// <param name="inputs">Where they are.</param>
    /// <param name="onBadRow">What becomes of bad ones.</param>
    /// <param name="context">Of the stage.</param>
    /// <param name="clock">Tells how fast it goes.</param>
    /// <exception cref="DataException">A file has no row, or a row is bad and is not to be left out.</exception>
    public RowBook(RegenerateInputs inputs, OnBadRow onBadRow, StageContext context, TimeProvider clock)
    {
        (_rows, _context, _clock) = (new AskedRows(inputs, onBadRow), context, clock);
        _ = _rows.Files.Sum(file => JsonLines.Count(file.File.Path));
        foreach (var row in _rows.Read(LeaveOut))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            _keys.Add(row.Key);
            _heldout += row.IsHeldout ? 1 : 0;
        }

        _journal = AnswerJournal.Open(Path.Combine(context.Scratch, "answers"));
        (_begun, _told) = (clock.GetTimestamp(), clock.GetTimestamp());
        context.Report(new Progressed(Done, _keys.Count, "rows"));
    }

    /// <summary>Rows with answers.</summary>
    public int Done => _journal.Count;

    /// <summary>Rows in all.</summary>
    public int Total => _keys.Count;

    /// <summary>All rows in their order, one at a time.</summary>
    public IEnumerable<AskedRow> Rows() => _rows.Read(_ => { });

    /// <summary>The row has its answers.</summary>
    public bool Has(AskedRow row) => _journal.Has(row.Key);

    /// <summary>Takes a row with its answers.</summary>
    public void Add(OpenRow open)
    {
        if (!_journal.Add(open.Row.Key, RowLine.Of(open)))
        {
            return;
        }

        lock (_turns)
        {
            _rowsNow++;
            _tokensNow += open.Answers.Sum(answer => answer.NewTokens ?? 0);
            if (Done == Total || _clock.GetElapsedTime(_told) >= BetweenReports)
            {
                _told = _clock.GetTimestamp();
                _context.Report(new Progressed(Done, Total, "rows") { Detail = Detail() });
            }
        }
    }

    /// <summary>Does something about a row, unless the row is bad and is to be left out.</summary>
    /// <exception cref="DataException">It is bad, and is not to be left out.</exception>
    /// <returns>Null when it is left out.</returns>
    public T? Find<T>(Func<T> use)
        where T : class => _rows.Find(use, LeaveOut);

    /// <summary>Writes the result: all rows that have answers, in the order of the files.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public void Finish()
    {
        _journal.Flush();
        var (output, summary) = (new Conversations(_context.Output), new RegenerationSummary { LeftOut = _leftOut });
        summary = Write(output.Train, _keys.Skip(_heldout), summary);
        if (summary.Rows is 0)
        {
            throw new DataException(ProblemCode.NoRows, $"no row has answers: {_leftOut} were left out. The first of them: {_firstLeftOut}");
        }

        if (_rows.Files.Any(file => file.IsHeldout))
        {
            summary = Write(output.Heldout, _keys.Take(_heldout), summary);
        }

        ArtifactJson.Write(output.Summary, summary);
        Tell(summary);
    }

    /// <inheritdoc/>
    public void Dispose() => _journal.Dispose();

    private RegenerationSummary Write(string path, IEnumerable<UInt128> keys, RegenerationSummary summary)
    {
        const string unfinished = ".part";
        using (var file = File.Create(path + unfinished))
        {
            foreach (var line in keys.Select(_journal.Line).OfType<byte[]>())
            {
                _context.Cancellation.ThrowIfCancellationRequested();
                summary = summary.With(line);
                file.Write(line);
                file.WriteByte((byte)'\n');
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(path + unfinished, path, overwrite: true);
        return summary;
    }

    private void Tell(RegenerationSummary summary)
    {
        if (summary.Cut > 0)
        {
            _context.Report(new Said($"{summary.Cut} of {summary.Answers} answers were cut at their length; they are kept, without an end that the target did not write. A larger regenerate.maxNewTokens lets it come to its end."));
        }

        if (summary.WithTokens < summary.Answers)
        {
            _context.Report(new Said($"the tokens of {summary.Answers - summary.WithTokens} of {summary.Answers} answers are not known: the server does not tell them, so they are made again of the text."));
        }

        if (summary.OtherPrompts > 0)
        {
            _context.Report(new Said($"before {summary.OtherPrompts} of {summary.Answers} answers the server read other tokens than the target's own files make of the messages: its chat template or tokenizer is another. A draft is trained on what the files make.", Warning: true));
        }

        foreach (var (name, value) in new (string, double)[] { ("rows", summary.Rows), ("rows.leftOut", summary.LeftOut), ("answers", summary.Answers), ("answers.cut", summary.Cut), ("answers.withTokens", summary.WithTokens), ("tokens", summary.Tokens) })
        {
            _context.Report(new Measured(name, value));
        }
    }

    private void LeaveOut(Problem problem)
    {
        lock (_turns)
        {
            _firstLeftOut ??= problem;
            if (_leftOut++ < MostLeftOutTold)
            {
                _context.Report(new Said("left out: " + problem, Warning: true));
            }
        }
    }

    private string Detail()
    {
        var seconds = Math.Max(_clock.GetElapsedTime(_begun).TotalSeconds, 1e-3);
        return string.Create(CultureInfo.InvariantCulture, $"{_rowsNow / seconds:0.##} rows/s, {_tokensNow / seconds:0} tokens/s");
    }
}
