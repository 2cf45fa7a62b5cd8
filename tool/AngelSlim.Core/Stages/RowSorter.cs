using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages;

/// <summary>Takes rows of conversations one by one and writes each where it belongs: training, held out, or nowhere.</summary>
internal sealed class RowSorter(TokenizeSettings settings, StageContext context, ConversationTokens tokens) : IDisposable
{
    /// <summary>Stands behind the names of files that are not finished.</summary>
    public const string Unfinished = ".part";

    private const int MostBadRowsTold = 10;
    private readonly FileStream _train = File.Create(new TokenRows(context.Output).Train + Unfinished);
    private readonly FileStream _heldout = File.Create(new TokenRows(context.Output).Heldout + Unfinished);
    private readonly HashSet<string> _digests = [];
    private readonly HashSet<string> _ids = [];
    private readonly RowTally _tally = new();
    private readonly RowLengths _lengths = new();

    /// <summary>Reads, tokenizes and writes one row.</summary>
    /// <param name="line">The row.</param>
    /// <param name="heldoutShare">Share of the rows of its file that are held out, 0 to 1.</param>
    public void Add(JsonLine line, double heldoutShare)
    {
        try
        {
            Add(ConversationReader.Read(line), heldoutShare);
        }
        catch (DataException failure) when (failure.Problem.Code is ProblemCode.BadRow && settings.OnBadRow is OnBadRow.Skip)
        {
            _tally.FirstBad ??= failure.Problem;
            if (_tally.Bad++ < MostBadRowsTold)
            {
                context.Report(new Said("left out: " + failure.Problem, Warning: true));
            }
        }
    }

    /// <summary>Flushes the files and reports the counts.</summary>
    /// <param name="expectsHeldout">Whether some rows were to be held out.</param>
    /// <exception cref="DataException">There is nothing to train on.</exception>
    public void Finish(bool expectsHeldout)
    {
        _tally.Check(settings, tokens.TemplateFile);
        _train.Flush(flushToDisk: true);
        _heldout.Flush(flushToDisk: true);
        if (expectsHeldout && !_tally.HasHeldout)
        {
            context.Report(new Said("no row is held out: there will be no held-out figures; name data.heldout or raise data.heldoutShare", Warning: true));
        }

        if (_tally.Told(settings.Rows) is { } told)
        {
            context.Report(new Said(told));
        }

        foreach (var line in _lengths.Told(settings.MaxTokens))
        {
            context.Report(new Said(line));
        }

        foreach (var (name, value) in _tally.Figures().Concat(_lengths.Figures(settings.MaxTokens)))
        {
            context.Report(new Measured(name, value));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _train.Dispose();
        _heldout.Dispose();
    }

    private void Add(Conversation conversation, double heldoutShare)
    {
        var digest = conversation.Digest();
        if (!_digests.Add(digest))
        {
            _tally.Duplicates++;
            return;
        }

        var name = Name(conversation.Id ?? digest[..16], digest);
        var rows = BadRow.Rendering(conversation.Place, () => tokens.Rows(conversation, name, settings.Rows));
        var isHeldout = Place(digest) < heldoutShare;
        _tally.Add(conversation, rows);
        foreach (var whole in rows)
        {
            _lengths.Add(whole.Ids.Length);
            var row = whole.Cut(settings.MaxTokens);
            if (_tally.Takes(row, whole, isHeldout))
            {
                TokenRowFile.Write(isHeldout ? _heldout : _train, row);
            }
        }
    }

    /// <summary>Where in [0, 1) a conversation lies: evenly spread, and always the same for the same text.</summary>
    private static double Place(string digest) => ulong.Parse(digest.AsSpan(0, 13), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) / (double)(1UL << 52);

    private string Name(string name, string digest)
    {
        name = _ids.Add(name) ? name : $"{name}-{digest[..16]}";
        _ids.Add(name);
        return name;
    }
}
