using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages;

/// <summary>What became of the rows.</summary>
internal sealed class RowTally
{
    private long _trainRows;
    private long _trainTokens;
    private long _trainCounted;
    private long _heldoutRows;
    private long _heldoutCounted;
    private long _cut;
    private long _conversations;
    private long _turnByTurn;
    private long _withoutAnswer;
    private long _uncounted;
    private long _cutBeforeAnswer;

    /// <summary>Conversations that were there before.</summary>
    public long Duplicates { get; set; }

    /// <summary>Rows that could not be read.</summary>
    public long Bad { get; set; }

    /// <summary>The first of them.</summary>
    public Problem? FirstBad { get; set; }

    /// <summary>Whether a row was put aside.</summary>
    public bool HasHeldout => _heldoutRows > 0;

    private long Unanswered => _withoutAnswer + _uncounted + _cutBeforeAnswer;

    /// <summary>Takes a conversation and the rows that were made of it.</summary>
    public void Add(Conversation conversation, IReadOnlyList<TokenRow> rows)
    {
        _conversations++;
        _withoutAnswer += conversation.Answers.Count is 0 ? 1 : 0;
        _turnByTurn += rows.Count > 1 ? 1 : 0;
    }

    /// <summary>Takes a row; false if nothing of it counts, so that it is left out.</summary>
    /// <param name="row">As it would be written.</param>
    /// <param name="whole">Before it was cut.</param>
    /// <param name="isHeldout">Whether it would be put aside.</param>
    public bool Takes(TokenRow row, TokenRow whole, bool isHeldout)
    {
        if (row.Counted is 0)
        {
            _cutBeforeAnswer += whole.Counted > 0 ? 1 : 0;
            _uncounted += whole.Counted is 0 ? 1 : 0;
            return false;
        }

        _cut += row.Ids.Length < whole.Ids.Length ? 1 : 0;
        if (isHeldout)
        {
            _heldoutRows++;
            _heldoutCounted += row.Counted;
            return true;
        }

        _trainRows++;
        _trainTokens += row.Ids.Length;
        _trainCounted += row.Counted;
        return true;
    }

    /// <summary>Whether there is something to train on.</summary>
    /// <param name="settings">What was asked.</param>
    /// <param name="template">Where the chat template stands.</param>
    /// <exception cref="DataException">There is no row, no token counts, or every token does.</exception>
    public void Check(TokenizeSettings settings, string template)
    {
        if (_trainRows is 0 && _heldoutRows is 0 && Unanswered > 0)
        {
            throw new DataException(ProblemCode.OneSidedMask, $"no token of any row counts: {string.Join("; ", WhyNothing(settings))}{Others()}", new TextPlace(template));
        }

        if (_trainRows is 0)
        {
            throw new DataException(ProblemCode.NoRows, $"no row is left to train on: {Bad} bad, {Duplicates} duplicate, {_heldoutRows} held out, "
                + $"{Unanswered} without an answer in their first {settings.MaxTokens} tokens; look at data.train and data.maxTokens"
                + (FirstBad is null ? "" : $". The first bad row: {FirstBad}"));
        }

        if (_trainCounted == _trainTokens)
        {
            throw new DataException(
                ProblemCode.OneSidedMask,
                $"all {_trainTokens} tokens of all {_trainRows} rows count: what this chat template renders before an answer is empty, so a draft would have nothing to start from. Expected the questions, and a header before the answer, in the text; take the target's own template.",
                new TextPlace(template));
        }
    }

    /// <summary>For the log and the database.</summary>
    public IEnumerable<(string Name, double Value)> Figures() =>
    [
        ("rows.train", _trainRows), ("rows.heldout", _heldoutRows), ("rows.cut", _cut), ("rows.bad", Bad),
        ("rows.duplicate", Duplicates), ("rows.unanswered", Unanswered), ("conversations.turnByTurn", _turnByTurn),
        ("tokens.train", _trainTokens), ("tokens.counted", _trainCounted), ("tokens.heldoutCounted", _heldoutCounted),
    ];

    /// <summary>A sentence for the log; null where each conversation is one row.</summary>
    public string? Told(RowsPer rows) => _turnByTurn is 0 ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{_turnByTurn} of {_conversations} conversations are a row for each answer{(rows is RowsPer.Auto ? ": the chat template writes what was said otherwise when more follows" : "")}");

    private IEnumerable<string> WhyNothing(TokenizeSettings settings)
    {
        if (_withoutAnswer > 0)
        {
            yield return $"{_withoutAnswer} conversations have no message of the role 'assistant' behind another message; mend data.train";
        }

        if (_uncounted > 0)
        {
            yield return $"of {_uncounted} rows this chat template renders nothing behind the prompt of an answer; it must write the content of assistant messages";
        }

        if (_cutBeforeAnswer > 0)
        {
            yield return $"{_cutBeforeAnswer} rows have no answer in their first {settings.MaxTokens} tokens; raise data.maxTokens";
        }
    }

    private string Others() => Bad + Duplicates is 0 ? "" : $". Besides, {Bad} rows are bad and {Duplicates} duplicate" + (FirstBad is null ? "" : $"; the first bad one: {FirstBad}");
}
