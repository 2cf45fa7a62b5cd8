using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Objectives;

public sealed class A_blocked_loss
{
    private const int Unroll = 3;
    private const double Decay = 0.8;

    [Theory]
    [InlineData(Gate.Next, Normalizer.Counted)]
    [InlineData(Gate.Exact, Normalizer.Positions)]
    [InlineData(Gate.Angelslim, Normalizer.Positions)]
    public void Equals_full_rows_of_scores_and_autograd(Gate gate, Normalizer normalizer)
    {
        // 700 rows are three blocks, 40,000 words three slices.
        using var scope = NewDisposeScope();
        var given = new Case(tokens: 700, targetWords: 40_000, draftWords: 1_000);
        var loss = given.Blocked(gate, normalizer);
        (loss.Loss * 2).backward();
        var actual = given.Gradients();
        var plain = given.Plain(gate, normalizer);
        (plain * 2).backward();
        var expected = given.Gradients();

        Near.Assert(plain.ToDouble(), loss.Loss.ToDouble(), 2e-6, "loss");
        for (var i = 0; i < expected.Count; i++)
        {
            Near.Assert(expected[i], actual[i], 2e-5, i is 0 ? "gradient of the head" : $"gradient of step {i - 1}");
        }
    }

    [Fact]
    public void Has_the_gradient_that_differences_of_the_loss_show()
    {
        using var scope = NewDisposeScope();
        var given = new Case(tokens: 40, targetWords: 60, draftWords: 30);
        given.Blocked(Gate.Exact, Normalizer.Counted).Loss.backward();
        foreach (var leaf in given.Leaves)
        {
            // Along one random direction, where a step of h changes the loss by h·<gradient, direction> + O(h³).
            using var frozen = no_grad();
            var direction = randn_like(leaf);
            double At(double h)
            {
                leaf.add_(direction, h);
                var loss = given.Blocked(Gate.Exact, Normalizer.Counted).Loss.ToDouble();
                leaf.add_(direction, -h);
                return loss;
            }

            Near.Assert((leaf.grad! * direction).sum().ToDouble(), (At(1e-2) - At(-1e-2)) / 2e-2, 2e-2, "slope");
        }
    }

    [Fact]
    public void Counts_prefixes_that_are_right_from_the_first_draft_on()
    {
        using var scope = NewDisposeScope();

        // Words 0 to 3 are known to the draft, and states are scores. The text is 0 then an answer of five words.
        // The target's choice at tokens 1 to 4:      1 2 3 0
        var target = Scores(0, 1, 2, 3, 0, 0);

        // Step 0 at rows 0 to 3 (taught by 1 to 4): right, right, wrong, right. The exact gate opens rows 0 to 3.
        // Step 1 at rows 0 to 2 (taught by 2 to 4): right, wrong, right. So the prefix of two is right at row 0 alone.
        var figures = BlockedLoss.Of(
            [Scores(1, 2, 1, 0, 0, 0), Scores(2, 1, 0, 0, 0, 0)], eye(4),
            new Teacher(target[0], eye(4), DraftVocabulary.Full(4)), tensor(new long[,] { { 0, 1, 1, 1, 1, 1 } }), new([6]),
            new LossSettings(new CrossEntropy(), Decay, Gate.Exact, Normalizer.Counted)).Figures;

        Assert.Equal([4L, 3], figures.Steps.Select(step => step.Gated));
        Assert.Equal([3L, 2], figures.Steps.Select(step => step.Correct));
        Assert.Equal([3L, 1], figures.Steps.Select(step => step.PrefixCorrect));
        Assert.Equal(1 + ((3 + 1) / 4.0), figures.AcceptanceLength);
    }

    [Fact]
    public void With_hard_targets_looks_only_at_the_target_s_first_choice()
    {
        using var scope = NewDisposeScope();
        var drafted = Scores(1, 2, 1, 0, 0, 0);
        var loss = BlockedLoss.Of(
            [drafted], eye(4), new Teacher(Scores(0, 1, 2, 3, 0, 0)[0], eye(4), DraftVocabulary.Full(4)), tensor(new long[,] { { 0, 1, 1, 1, 1, 1 } }), new([6]),
            new LossSettings(new CrossEntropy(), Decay, Gate.Exact, Normalizer.Counted) { Targets = TargetKind.Hard });

        // Rows 0 to 3 are taught 1, 2, 3, 0.
        var log = nn.functional.log_softmax(drafted[0], 1);
        Near.Assert(-(log[0, 1] + log[1, 2] + log[2, 3] + log[3, 0]).ToDouble(), loss.Sum.ToDouble(), 1e-6, "loss");
    }

    /// <remarks>700 rows are three blocks: a share by block would be three shares.</remarks>
    [Fact]
    public void With_one_share_for_all_rows_takes_it_from_the_rows_of_every_block()
    {
        using var scope = NewDisposeScope();
        var given = new Case(tokens: 700, targetWords: 400, draftWords: 100);
        var judged = given.Blocked(Gate.Next, Normalizer.Counted, new LkLambda());
        judged.Loss.backward();
        var gradients = given.Gradients();
        var refusal = given.Blocked(Gate.Next, Normalizer.Counted, new TotalVariation()).Figures.Steps;
        var distance = given.Blocked(Gate.Next, Normalizer.Counted, new KullbackLeibler()).Figures.Steps;
        for (var step = 0; step < Unroll; step++)
        {
            var share = Math.Exp(-3 * (1 - (refusal[step].Sum / refusal[step].Counted)));
            Near.Assert((share * distance[step].Sum) + ((1 - share) * refusal[step].Sum), judged.Figures.Steps[step].Sum, 1e-5, $"step {step}");
        }

        Assert.All(gradients, gradient => Assert.NotEqual(0, gradient.abs().sum().ToDouble()));
    }

    [Fact]
    public void Is_zero_with_zero_gradients_where_nothing_counts()
    {
        using var scope = NewDisposeScope();
        var given = new Case(tokens: 20, targetWords: 60, draftWords: 30) { Mask_BT = zeros([1, 20], int64) };
        var loss = given.Blocked(Gate.Exact, Normalizer.Counted);
        loss.Loss.backward();

        Assert.Equal(0, loss.Loss.ToDouble());
        Assert.All(given.Gradients(), gradient => Assert.Equal(0, gradient.abs().sum().ToDouble()));
    }

    [Fact]
    public void Leaves_a_frozen_head_alone()
    {
        using var scope = NewDisposeScope();
        var given = new Case(tokens: 20, targetWords: 60, draftWords: 30);
        given.Head_WD.requires_grad_(false);
        given.Blocked(Gate.Exact, Normalizer.Counted).Loss.backward();

        Assert.Null(given.Head_WD.grad);
        Assert.NotEqual(0, given.States_BTD[0].grad!.abs().sum().ToDouble());
    }

    private static Tensor Scores(params long[] choices) => nn.functional.one_hot(tensor(choices), 4).to(float32).mul(3).unsqueeze(0);

    private sealed class Case
    {
        private const int Width = 16;
        private readonly Tensor _last_TD;
        private readonly Tensor _targetHead_VD;
        private readonly DraftVocabulary _vocabulary;

        public Case(int tokens, int targetWords, int draftWords)
        {
            var random = new Generator(4);
            _last_TD = randn([tokens, Width], generator: random);
            _targetHead_VD = randn([targetWords, Width], generator: random);
            _vocabulary = new([.. Enumerable.Range(0, draftWords).Select(word => (long)word * (targetWords / draftWords))], targetWords);
            Mask_BT = randint(0, 4, [1, tokens], int64, generator: random).ne(0).to(int64);
            Mask_BT[0, ^1] = 1;
            Head_WD = randn([draftWords, Width], generator: random).requires_grad_();
            States_BTD = [.. Enumerable.Range(0, Unroll).Select(_ => randn([1, tokens, Width], generator: random).requires_grad_())];
        }

        public Tensor Mask_BT { get; init; }

        public Tensor Head_WD { get; }

        public List<Tensor> States_BTD { get; }

        public IEnumerable<Tensor> Leaves => [Head_WD, .. States_BTD];

        public (Tensor Loss, UnrollFigures Figures) Blocked(Gate gate, Normalizer normalizer, IObjective? objective = null)
        {
            var (settings, documents) = (new LossSettings(objective ?? new CrossEntropy(), Decay, gate, normalizer), Documents.Rows(Mask_BT));
            var judged = BlockedLoss.Of(States_BTD, Head_WD, new Teacher(_last_TD, _targetHead_VD, _vocabulary), Mask_BT, documents, settings);
            return (judged.Sum / settings.Divisor(judged.Figures, [.. documents.Lengths]), judged.Figures);
        }

        public List<Tensor> Gradients()
        {
            var gradients = Leaves.Select(leaf => leaf.grad!.clone()).ToList();
            foreach (var leaf in Leaves)
            {
                leaf.grad = null;
            }

            return gradients;
        }

        /// <summary>The definition: every position, every word, every step.</summary>
        public Tensor Plain(Gate gate, Normalizer normalizer)
        {
            var tokens = (int)_last_TD.shape[0];
            var mask = Mask_BT[0].data<long>().ToArray();
            var scores_TV = cat([mm(_last_TD, _targetHead_VD.t()), zeros(1, _targetHead_VD.shape[0])], 0);
            var choice = scores_TV.argmax(1).data<long>().ToArray();
            var target_TW = nn.functional.softmax(scores_TV.index_select(1, _vocabulary.Words_W), 1);
            var (loss, first) = (zeros([]), 0);
            for (var k = 0; k < Unroll; k++)
            {
                var log_TW = nn.functional.log_softmax(mm(States_BTD[k][0], Head_WD.t()), 1);
                for (var t = 0; t < tokens; t++)
                {
                    var s = t + 1 + k;
                    var open = gate switch
                    {
                        Gate.Exact => s + 1 < tokens && mask[(t + 1)..(s + 2)].All(mark => mark is 1),
                        Gate.Next => s < tokens && mask[s] is 1,
                        _ => s <= tokens && mask[s - 1] is 1,
                    };
                    if (open && _vocabulary.ToDraft(choice[s]) >= 0)
                    {
                        loss = loss - (Math.Pow(Decay, k) * (target_TW[s] * log_TW[t]).sum());
                        first += k is 0 ? 1 : 0;
                    }
                }
            }

            return loss / (normalizer is Normalizer.Counted ? first : tokens);
        }
    }
}
