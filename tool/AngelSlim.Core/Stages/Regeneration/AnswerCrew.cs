using System.Collections.Concurrent;
using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>Has rows answered by servers: each has as many askers as rows it may have at once, and an asker who is free takes the next row, so that rows go where there is room.</summary>
/// <remarks>
/// An asker stays with its server and its row through growing pauses. A server that answers none of its askers any more is
/// left out, and hands its rows to the others; a row that its server answers with trouble again and again while it answers others
/// is the row's fault.
/// </remarks>
internal sealed class AnswerCrew(AskSettings settings, IReadOnlyList<AnswerServer> servers, TargetText target, RowBook book, Patience patience, Action<RunEvent> report)
{
    private readonly ConcurrentQueue<OpenRow> _handed = new();
    private readonly Lock _turns = new();
    private bool _isPromptTold;

    /// <summary>Until every row has its answers or is left out.</summary>
    /// <exception cref="DataException">No server answers any more; or one refuses to work; or a row is bad, and is not to be left out.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        using var rows = book.Rows().Where(row => !book.Has(row)).GetEnumerator();
        do
        {
            var live = servers.Where(server => server.LeftOut is null).ToList();
            if (live.Count is 0)
            {
                throw NobodyAnswers();
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var askers = live.SelectMany(server => Enumerable.Range(0, settings.Concurrency).Select(_ => Task.Run(() => WorkAsync(server, rows, stop), CancellationToken.None)));
            await Task.WhenAll(askers);

            // Rows that were handed over after the others had gone home.
        }
        while (!_handed.IsEmpty);
    }

    private async Task WorkAsync(AnswerServer server, IEnumerator<AskedRow> rows, CancellationTokenSource stop)
    {
        try
        {
            while (server.LeftOut is null && Next(rows) is { } row)
            {
                if (!await AnswerAsync(server, row, stop.Token))
                {
                    _handed.Enqueue(row);
                }
            }
        }
        catch
        {
            // One failure ends the work of all; what they have is in the journal.
            await stop.CancelAsync();
            throw;
        }
    }

    private OpenRow? Next(IEnumerator<AskedRow> rows)
    {
        lock (_turns)
        {
            return _handed.TryDequeue(out var handed) ? handed : rows.MoveNext() ? new OpenRow(rows.Current) : null;
        }
    }

    /// <returns>False when the server is left out, and the row is another's.</returns>
    private async Task<bool> AnswerAsync(AnswerServer server, OpenRow row, CancellationToken ct)
    {
        while (!row.IsDone)
        {
            Exception? wrong = null;
            try
            {
                if (await PatientlyAsync(server, row, ct) is not { } answer)
                {
                    return false;
                }

                answer = target.Checked(row, answer);
                TellOfPrompt(server, row, answer);
                row.Take(answer);
            }
            catch (NoRoomException) when (row.Answers.Count > 0)
            {
                row.Shorten();
            }
            catch (NoRoomException full)
            {
                wrong = BadRow.At(row.Row.Source.Place, full.Message, full);
            }
            catch (DataException failure) when (failure.Problem.Code is ProblemCode.BadRow)
            {
                wrong = failure;
            }

            if (wrong is not null)
            {
                _ = book.Find<object>(() => throw wrong);
                return true;
            }
        }

        book.Add(row);
        return true;
    }

    /// <summary>Asks again, after growing pauses.</summary>
    /// <returns>Null when the server is left out.</returns>
    private async Task<Answer?> PatientlyAsync(AnswerServer server, OpenRow row, CancellationToken ct)
    {
        var body = ChatRequest.Of(settings, row);
        var (tries, answered) = (0, server.Answered);
        while (server.LeftOut is null)
        {
            try
            {
                return await server.AskAsync(body, row.Row.Source.Place, ct);
            }
            catch (TroubleException trouble)
            {
                // A server with too much to do is at fault only as long as it answers nobody.
                var isBusy = trouble.Status is 429 || (trouble.Status is 503 && trouble.After is not null);
                (tries, answered) = isBusy && server.Answered > answered ? (1, server.Answered) : (tries + 1, answered);
                var pause = trouble.After ?? patience.PauseAfter(tries) * Jitter(row.Row, tries);
                if (pause > patience.LongestPause || (tries > settings.Retries && server.Answered == answered))
                {
                    LeaveOut(server, trouble, pause, tries);
                }
                else if (tries > settings.Retries)
                {
                    throw BadRow.At(row.Row.Source.Place, $"{server} {trouble.Message}, {tries} times, while it answers other rows", trouble);
                }
                else
                {
                    Tell(server, trouble, pause);
                    await Task.Delay(pause, patience.Clock, ct);
                }
            }
        }

        return null;
    }

    private void LeaveOut(AnswerServer server, TroubleException trouble, TimeSpan pause, int tries)
    {
        lock (_turns)
        {
            if (server.LeftOut is not null)
            {
                return;
            }

            var why = pause > patience.LongestPause ? $"asks for a pause of {Seconds(pause)}" : $"was tried {tries} times";
            server.LeftOut = new TroubleException($"{why}: {trouble.Message}", inner: trouble);
            report(new Said($"{server} is left out: it {server.LeftOut.Message}", Warning: true));
        }
    }

    private void Tell(AnswerServer server, TroubleException trouble, TimeSpan pause)
    {
        lock (_turns)
        {
            if (!server.IsTroubleTold)
            {
                server.IsTroubleTold = true;
                report(new Said($"{server}: {trouble.Message}; again in {Seconds(pause)}"));
            }
        }
    }

    /// <summary>The first time that a server reads something else: better now than when all answers are there.</summary>
    private void TellOfPrompt(AnswerServer server, OpenRow row, Answer answer)
    {
        if (answer.OtherPrompt is { } read && !Interlocked.Exchange(ref _isPromptTold, true))
        {
            var ours = target.Prompt(row);
            var same = read.AsSpan().CommonPrefixLength(ours);
            static string At(int[] tokens, int place) => place < tokens.Length ? tokens[place].ToString(CultureInfo.InvariantCulture) : "nothing";
            report(new Said($"{row.Row.Source.Place}: {server} read other tokens than the target's own files make of the messages: {read.Length} and {ours.Length}, and at token {same} {At(read, same)} and {At(ours, same)}. Its chat template or tokenizer is another; a draft is trained on what the files make.", Warning: true));
        }
    }

    /// <summary>Half a pause to a whole one, so that askers who failed together do not ask together again.</summary>
    private static double Jitter(AskedRow row, int tries) => 0.5 + (row.Seed(tries) / (2.0 * int.MaxValue));

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    private DataException NobodyAnswers() => new(
        ProblemCode.NoServerAnswers,
        $"no server answers any more: {string.Join("; ", servers.Select(server => $"{server} {server.LeftOut!.Message}"))}. {book.Done} of {book.Total} rows have their answers, which are kept: look at the servers, and give the same command again, which asks for the rest.");
}
