using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Statistics;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Pretraining;
using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Stages;

/// <summary>
/// Makes a small target from nothing: a seeded corpus, a tokenizer trained on it, a Qwen3 trained on that, and then
/// conversations that the finished target answers itself, for a draft to learn from and to be judged by.
/// </summary>
internal sealed class PretrainStage(TensorRuntime runtime) : TensorStage<PretrainSettings, PretrainInputs, TargetFolder>("pretrain", version: 3, runtime)
{
    private const int TokenizerConversations = 3000;

    // Each use of chance has its own stream.
    private const int Streams = 4;

    /// <inheritdoc/>
    protected override Needs NeedsOf(PretrainSettings settings, PretrainInputs inputs) => new(MemoryEstimate.Training(settings) + MemoryEstimate.Rest);

    /// <inheritdoc/>
    protected override void Compute(PretrainSettings settings, PretrainInputs inputs, StageContext context)
    {
        var tokenizer = TrainTokenizer(settings, context);
        var files = new TargetFiles(context.Output);
        files.Describe(settings, tokenizer.VocabularySize);

        using var pretrainer = new Pretrainer(settings, TargetConfigReader.Read(context.Output));
        var corpus = new Corpus(Stream(settings, 1));
        var encoder = new RowEncoder(tokenizer);
        pretrainer.Run(new PretrainBatches(() => encoder.Encode(corpus.Next()), settings.BatchRows, new Chooser(Stream(settings, 2))), context);
        files.WriteWeights(pretrainer.Weights, bfloat16);
        context.Report(new Measured("pretrain.loss", pretrainer.Loss));

        // From the files: the answers must be those of the rounded weights that everybody else will load.
        using var target = TargetModel.Load(context.Output, float32, CPU);
        var questions = Questions.Draw(new Corpus(Stream(settings, 3)), settings.Prompts, settings.Conversations);
        var answered = Interview.Run(target, encoder, questions.Training, new InterviewCall(settings.MaxNewTokens, context));
        files.WriteConversations(answered.Select(conversation => conversation.Row(tokenizer)));
        files.WritePrompts(questions.Prompts);
        files.WriteCard(new(settings, tokenizer.VocabularySize, pretrainer.Weights.Values.Sum(weight => weight.numel()), pretrainer.Loss));
    }

    private static Tokenizer TrainTokenizer(PretrainSettings settings, StageContext context)
    {
        var corpus = new Corpus(Stream(settings, 0));
        var texts = Enumerable.Range(0, TokenizerConversations).Select(_ => string.Concat(corpus.Next().Turns.Select(turn => turn + "\n")));
        BpeTrainer.Train(texts, settings.Vocabulary, TargetDescription.Specials, context.Output);
        return Tokenizer.Load(context.Output);
    }

    private static ulong Stream(PretrainSettings settings, int use) => ((ulong)settings.Seed * Streams) + (ulong)use;
}
