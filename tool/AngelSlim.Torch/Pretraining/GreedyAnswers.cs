using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Pretraining;

/// <summary>Lets a target answer many prompts. Prompts of equal length share a batch, so there is no padding and no mask.</summary>
internal sealed class GreedyAnswers(TargetModel target, int maxNewTokens)
{
    private const int LargestBatch = 32;

    /// <summary>The most probable token, again and again, until one ends the answer.</summary>
    /// <param name="prompts">Token ids, none empty.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <returns>In the prompts' order: the answers' tokens, with the end token unless the answer was cut off.</returns>
    /// <exception cref="OperationCanceledException">The user wants to stop.</exception>
    public IReadOnlyList<IReadOnlyList<int>> Answer(IReadOnlyList<IReadOnlyList<int>> prompts, CancellationToken cancellation)
    {
        using var frozen = no_grad();
        var answers = new IReadOnlyList<int>[prompts.Count];
        var batches = Enumerable.Range(0, prompts.Count)
            .GroupBy(place => prompts[place].Count)
            .OrderBy(group => group.Key)
            .SelectMany(group => group.Chunk(LargestBatch));
        foreach (var places in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var (place, answer) in places.Zip(AnswerBatch([.. places.Select(place => prompts[place])])))
            {
                answers[place] = answer;
            }
        }

        return answers;
    }

    private List<int>[] AnswerBatch(IReadOnlyList<int>[] prompts)
    {
        var answers = prompts.Select(_ => new List<int>()).ToArray();
        var open = Enumerable.Range(0, prompts.Length).ToHashSet();
        using var cache = new KvCache(target.Config.Layers);
        var next = prompts.SelectMany(prompt => prompt).Select(id => (long)id).ToArray();
        for (var written = 0; written < maxNewTokens && open.Count > 0; written++)
        {
            next = Next(next, prompts.Length, cache);
            foreach (var row in open.Order().ToArray())
            {
                answers[row].Add((int)next[row]);
                if (target.Config.EndIds.Contains((int)next[row]))
                {
                    open.Remove(row);
                }
            }
        }

        return answers;
    }

    private long[] Next(long[] ids, int rows, KvCache cache)
    {
        using var scope = NewDisposeScope();
        var ids_BT = tensor(ids, [rows, ids.Length / rows]);
        var last_BTD = target.Run(new TargetInput(ids_BT), [], cache).Last_BTD;
        return target.Logits(last_BTD.select(1, last_BTD.shape[1] - 1)).argmax(1).data<long>().ToArray();
    }
}
