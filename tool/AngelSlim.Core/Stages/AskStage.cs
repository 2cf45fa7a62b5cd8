using System.Net;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Stages.Regeneration;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Stages;

/// <summary>Has the answers of conversations written anew by servers that have the target.</summary>
/// <remarks>
/// A row is kept as soon as it has its answers, and a run that goes on asks only for the others. Rows come out in the order
/// in which they went in, whatever order their answers had.
/// </remarks>
/// <param name="access">The user's key, and a clock.</param>
internal sealed class AskStage(AnswerAccess access) : Stage<AskSettings, RegenerateInputs, Conversations>("ask", 1)
{
    // vLLM closes a connection on which nothing happened for five seconds.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(4);

    /// <inheritdoc/>
    protected override void Run(AskSettings settings, RegenerateInputs inputs, StageContext context)
    {
        using var book = new RowBook(inputs, settings.OnBadRow, context, access.Clock);
        if (book.Done < book.Total)
        {
            AskAsync(settings, TargetText.Load(inputs.Target.Folder), book, context).GetAwaiter().GetResult();
        }

        book.Finish();
    }

    private async Task AskAsync(AskSettings settings, TargetText target, RowBook book, StageContext context)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionIdleTimeout = Idle,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var patience = new Patience(access.Clock) { Silence = TimeSpan.FromSeconds(settings.TimeoutSeconds) };
        var servers = settings.Servers.Select(server => new AnswerServer(new Uri(server), http, access, patience)).ToList();
        await new AnswerCrew(settings, servers, target, book, patience, context.Report).RunAsync(context.Cancellation);
    }
}
