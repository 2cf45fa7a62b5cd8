using System.Globalization;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>What the settings of a manifest may not say together.</summary>
internal static class ExperimentChecks
{
    /// <summary>Looks at everything that can be decided without the disk.</summary>
    public static void Check(Experiment experiment, CheckList checks)
    {
        OneTarget(experiment.Target, checks);
        HeldoutRows(experiment, checks);
        Masks(experiment.Data, checks);
        TheBest(experiment, checks);
        Norms(experiment.Draft, checks);
        HiddenLayers(experiment.Draft, checks);
        Head(experiment.Draft, checks);
        Length(experiment.Training, checks);
        Pretraining(experiment.Target.Pretrain, checks);
        Compatible(experiment, checks);
        Tree(experiment, checks);
        Stops(experiment.Evaluation, checks);
        Temperature("evaluation.temperature", experiment.Evaluation.Temperature, checks);
        RegenerationChecks.Check(experiment.Regenerate, checks);
        Expectations(experiment, checks);
    }

    private static void OneTarget(TargetSettings target, CheckList checks)
    {
        if (!checks.AreSound("target"))
        {
            return;
        }

        var given = new[] { ("model", (object?)target.Model), ("builtin", target.Builtin), ("pretrain", target.Pretrain), ("random", target.Random) }
            .Where(choice => choice.Item2 is not null).Select(choice => choice.Item1).ToArray();
        if (given.Length is 0)
        {
            checks.Wrong(ProblemCode.MissingMember, "target", "'target' names no model; give one of 'model', 'builtin', 'pretrain' and 'random'.");
        }

        if (target.Model is null && checks.IsGiven("target.revision"))
        {
            checks.Odd("target.revision", "'target.revision' is not used, because 'target.model' names no model of the hub; remove it.");
        }

        foreach (var surplus in given.Skip(1))
        {
            checks.Wrong(ProblemCode.Contradiction, $"target.{surplus}", $"'target' has both '{given[0]}' and '{surplus}'; keep one.");
        }

        if (target is { Assembly: not null, Model: null } && given.Length > 0)
        {
            checks.Wrong(ProblemCode.Contradiction, "target.assembly", $"'target' has both '{given[0]}' and 'assembly'; the tool knows the family of '{given[0]}'. Leave 'assembly' out, or name a 'model'.");
        }
    }

    private static void Masks(DataSettings data, CheckList checks)
    {
        if (data is { Mask: LossMask.Generation, Rows: RowsPer.Turn })
        {
            checks.Wrong(ProblemCode.Contradiction, "data.rows", "'data.rows' is 'turn', but 'data.mask' is 'generation', which marks all answers of a conversation at once; leave 'rows' out, or take the mask 'exact'.");
        }
    }

    private static void HeldoutRows(Experiment experiment, CheckList checks)
    {
        if (!checks.AreSound("data.heldout", "data.heldoutShare", "evaluation.prompts"))
        {
            return;
        }

        var data = experiment.Data;
        if (data.Heldout.Count > 0 && checks.IsGiven("data.heldoutShare"))
        {
            checks.Odd("data.heldoutShare", "'data.heldoutShare' is not used, because 'data.heldout' names files; remove one of them.");
        }

        if (data.Heldout.Count is 0 && data.HeldoutShare is 0 && experiment.Evaluation.Prompts.Count is 0)
        {
            checks.Wrong(ProblemCode.Contradiction, "data.heldoutShare", "Nothing is left to evaluate on: no 'evaluation.prompts', no 'data.heldout', and a 'data.heldoutShare' of 0; give one of them.");
        }
    }

    private static void TheBest(Experiment experiment, CheckList checks)
    {
        var (data, training) = (experiment.Data, experiment.Training);
        if (!checks.AreSound("data.heldout", "data.heldoutShare", "training") || data.Heldout.Count > 0 || data.HeldoutShare > 0)
        {
            return;
        }

        var asking = training.Keep is KeptStep.Best ? "keep" : training.Patience is not null ? "patience" : training.Snapshots > 0 ? "snapshots" : null;
        if (asking is not null)
        {
            checks.Wrong(ProblemCode.Contradiction, $"training.{asking}", $"'training.{asking}' asks which step is best, and no row is held out to judge by: no 'data.heldout', and a 'data.heldoutShare' of 0; give one of them.");
        }
    }

    private static void Norms(DraftSettings draft, CheckList checks)
    {
        if (checks.AreSound("draft.fcNorm", "draft.normBeforeFc") && draft is { FcNorm: true, NormBeforeFc: true })
        {
            var why = checks.IsGiven("draft.normBeforeFc") ? "" : " by default";
            checks.Wrong(ProblemCode.Contradiction, "draft.fcNorm", $"'draft.fcNorm' is true, and 'draft.normBeforeFc' is true{why}; set 'normBeforeFc' to false, or leave 'fcNorm' out.");
        }
    }

    private static void HiddenLayers(DraftSettings draft, CheckList checks)
    {
        if (checks.AreSound("draft.hiddenLayers") && draft.HiddenLayers is { } layers && !layers.Order().SequenceEqual(layers))
        {
            checks.Wrong(ProblemCode.OutOfRange, "draft.hiddenLayers", $"'draft.hiddenLayers' is {string.Join(", ", layers)}; expected ascending layers: {string.Join(", ", layers.Order())}.");
        }
    }

    private static void Head(DraftSettings draft, CheckList checks)
    {
        if (checks.AreSound("draft.freezeHead", "draft.head") && draft is { FreezeHead: true, Head: HeadStart.Random })
        {
            checks.Wrong(ProblemCode.Contradiction, "draft.freezeHead", "A 'draft.head' that starts random and is frozen stays random; set 'head' to 'target', or 'freezeHead' to false.");
        }
    }

    private static void Length(TrainingSettings training, CheckList checks)
    {
        if (checks.AreSound("training.steps", "training.warmupSteps") && checks.IsGiven("training.warmupSteps") && training.WarmupSteps >= training.Steps)
        {
            checks.Odd("training.warmupSteps", $"'training.warmupSteps' is {training.WarmupSteps}, and there are {training.Steps} steps: the learning rate rises to the end.");
        }

        if (checks.AreSound("training.steps", "training.epochs") && checks.IsGiven("training.steps") && checks.IsGiven("training.epochs"))
        {
            checks.Odd("training.epochs", "'training.epochs' is not used, because 'training.steps' is given; remove one of them.");
        }
    }

    private static void Pretraining(PretrainSettings? pretrain, CheckList checks)
    {
        if (pretrain is null || !checks.AreSound("target.pretrain"))
        {
            return;
        }

        if (pretrain.Heads % pretrain.KeyHeads is not 0)
        {
            checks.Wrong(ProblemCode.Contradiction, "target.pretrain.heads", $"'target.pretrain.heads' is {pretrain.Heads}; expected a multiple of 'keyHeads', which is {pretrain.KeyHeads}.");
        }

        if (pretrain.HeadSize % 2 is not 0)
        {
            checks.Wrong(ProblemCode.OutOfRange, "target.pretrain.headSize", $"'target.pretrain.headSize' is {pretrain.HeadSize}; expected an even number: rotary positions turn pairs of channels.");
        }
    }

    private static void Compatible(Experiment experiment, CheckList checks)
    {
        if (!checks.AreSound("training.compatibility", "training.objective", "training.targets", "training.gate", "training.normalizer", "draft.rope")
            || experiment.Training.Compatibility is Compatibility.None)
        {
            return;
        }

        var effective = experiment.WithCompatibility();
        Compare("training.objective", experiment.Training.Objective, effective.Training.Objective);
        Compare("training.targets", experiment.Training.Targets, effective.Training.Targets);
        Compare("training.gate", experiment.Training.Gate, effective.Training.Gate);
        Compare("training.normalizer", experiment.Training.Normalizer, effective.Training.Normalizer);
        Compare("draft.rope", experiment.Draft.Rope, effective.Draft.Rope);

        void Compare<T>(string path, T asked, T effective)
            where T : struct, Enum
        {
            if (checks.IsGiven(path) && !asked.Equals(effective))
            {
                var words = (Asked: SettingsShape.Word(asked.ToString()), Effective: SettingsShape.Word(effective.ToString()));
                checks.Wrong(ProblemCode.Contradiction, path, $"'{path}' is '{words.Asked}', but 'training.compatibility' sets it to '{words.Effective}'; remove one of them.");
            }
        }
    }

    /// <summary>Words are drawn, or they are not.</summary>
    /// <param name="path">Of the setting.</param>
    /// <param name="temperature">Its value.</param>
    /// <param name="checks">Takes what is wrong.</param>
    public static void Temperature(string path, double temperature, CheckList checks)
    {
        // Scores over less than this are no longer float32 numbers.
        const double coldest = 1e-6;
        if (checks.AreSound(path) && temperature is > 0 and < coldest)
        {
            checks.Wrong(ProblemCode.OutOfRange, path, string.Create(CultureInfo.InvariantCulture, $"'{path}' is {temperature}; expected 0, which takes the best word, or {coldest} to 100."));
        }
    }

    private static void Stops(EvaluationSettings evaluation, CheckList checks)
    {
        for (var place = 0; place < evaluation.Stop.Count; place++)
        {
            if (evaluation.Stop[place].Length is 0 && checks.AreSound("evaluation.stop"))
            {
                checks.Wrong(ProblemCode.OutOfRange, "evaluation.stop", place, $"'evaluation.stop[{place}]' is empty, and would end every answer before it begins; expected a string of at least one character.");
            }
        }
    }

    private static void Tree(Experiment experiment, CheckList checks)
    {
        if (experiment.Speculation.Tree is not { } tree || !checks.AreSound("speculation.tree", "speculation.drafting", "evaluation.temperature"))
        {
            return;
        }

        var most = tree.TopK + ((tree.Depth - 1) * tree.TopK * tree.TopK);
        if (tree.Tokens > most)
        {
            checks.Wrong(ProblemCode.Contradiction, "speculation.tree.tokens", $"'speculation.tree.tokens' is {tree.Tokens}, but {tree.Depth} levels of {tree.TopK} words each have {most} candidates; expected at most these. Make the tree deeper or wider, or ask for fewer tokens.");
        }

        if (experiment.Speculation.Drafting is Drafting.Sampled && experiment.Evaluation.Temperature > 0)
        {
            checks.Wrong(ProblemCode.Contradiction, "speculation.drafting", "'speculation.drafting' is 'sampled', but a tree has the draft's best words at each place, which are not drawn; expected 'greedy' beside 'speculation.tree'.");
        }
    }

    private static void Expectations(Experiment experiment, CheckList checks)
    {
        const string path = "expect.acceptanceLengthAtLeast";
        if (experiment.Expect is not { } expect || !checks.AreSound("expect", "speculation.tokens", "speculation.tree"))
        {
            return;
        }

        var longest = experiment.Speculation.Tokens.ToDictionary(k => k.ToString(CultureInfo.InvariantCulture));
        if (experiment.Speculation.Tree is { } tree)
        {
            longest[SpeculationSettings.TreeLabel] = tree.Depth;
        }

        foreach (var (name, least) in expect.AcceptanceLengthAtLeast)
        {
            if (!longest.TryGetValue(name, out var accepted))
            {
                var measured = string.Join(", ", experiment.Speculation.Tokens) + (experiment.Speculation.Tree is null ? "" : ", and 'tree'");
                checks.Wrong(ProblemCode.UnknownValue, path, name, $"{Shown.Quoted(name)} is not measured; expected one of 'speculation.tokens': {measured}.");
                continue;
            }

            var most = accepted + 1;
            if (least < 1 || least > most)
            {
                checks.Wrong(ProblemCode.OutOfRange, path, name, string.Create(CultureInfo.InvariantCulture, $"'{path}.{name}' is {least}; with {accepted} speculative tokens a round yields 1 to {most} tokens, so expected 1 to {most}."));
            }
        }
    }
}
