using AngelSlim.Core.Stages;
using AngelSlim.Torch.Targets;

namespace AngelSlim.Torch.Pretraining;

/// <summary>How an interview is held.</summary>
/// <param name="MaxNewTokens">Where an answer is cut off.</param>
/// <param name="Context">Takes progress, and the wish to stop.</param>
internal sealed record InterviewCall(int MaxNewTokens, StageContext Context);

/// <summary>Asks the target every question of every conversation; in later turns it reads its own earlier answers.</summary>
internal static class Interview
{
    /// <summary>Holds all conversations, turn by turn.</summary>
    /// <exception cref="OperationCanceledException">The user wants to stop; nothing is kept.</exception>
    public static IReadOnlyList<AnsweredConversation> Run(
        TargetModel target, RowEncoder encoder, IReadOnlyList<CorpusConversation> sources, InterviewCall call)
    {
        var conversations = sources.Select((source, place) => new AnsweredConversation($"{source.Topic}-{place + 1}", source)).ToArray();
        var answers = new GreedyAnswers(target, call.MaxNewTokens);
        while (Array.FindAll(conversations, conversation => conversation.OpenQuestion is not null) is { Length: > 0 } open)
        {
            foreach (var conversation in open)
            {
                conversation.Ask(encoder);
            }

            var taken = answers.Answer([.. open.Select(conversation => conversation.Ids)], call.Context.Cancellation);
            foreach (var (conversation, answer) in open.Zip(taken))
            {
                conversation.Take(answer, target.Config.EndIds);
            }

            call.Context.Report(new Progressed(conversations.Count(conversation => conversation.OpenQuestion is null), conversations.Length, "conversations"));
        }

        return conversations;
    }
}
