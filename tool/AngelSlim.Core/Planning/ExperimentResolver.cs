using System.Globalization;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;

namespace AngelSlim.Core.Planning;

/// <summary>Turns what was asked into steps. Pure: what a manifest names was found when it was read.</summary>
internal sealed class ExperimentResolver
{
    private readonly ReadExperiment _read;
    private readonly Experiment _experiment;
    private readonly StageCatalog _catalog;
    private readonly List<Step> _steps = [];

    private ExperimentResolver(ReadExperiment read, StageCatalog catalog)
    {
        _read = read;
        _experiment = read.Experiment.WithCompatibility();
        _catalog = catalog;
    }

    /// <summary>The steps, each after those that it reads from.</summary>
    /// <param name="read">A manifest without errors.</param>
    /// <param name="catalog">The stages that the program has.</param>
    /// <exception cref="InvalidOperationException">The catalogue's stages do not fit together: our bug, not the user's.</exception>
    public static IReadOnlyList<Step> Resolve(ReadExperiment read, StageCatalog catalog)
    {
        var resolver = new ExperimentResolver(read, catalog);
        resolver.AddAll();
        StepTypes.Check(resolver._steps);
        return resolver._steps;
    }

    private void AddAll()
    {
        var target = Target();
        var rows = Tokenize(target);
        var words = Add("vocabulary", new VocabularySettings { Size = _experiment.Draft.Vocabulary }, new()
        {
            [nameof(VocabularyInputs.Target)] = target,
            [nameof(VocabularyInputs.Rows)] = rows,
        });
        var draft = Train(target, rows, words, Features(target, rows));
        var export = Export(target, words, draft);
        var evaluations = _experiment.Speculation.Tokens.Select(k => Evaluate(k, null, target, export, rows)).ToList();
        if (_experiment.Speculation.Tree is { } tree)
        {
            evaluations.Add(Evaluate(tree.Tokens, tree, target, export, rows));
        }

        Add("report", new ReportSettings { Experiment = WithoutPlaces() }, new()
        {
            [nameof(ReportInputs.Rows)] = rows,
            [nameof(ReportInputs.Words)] = words,
            [nameof(ReportInputs.Draft)] = draft,
            [nameof(ReportInputs.Export)] = export,
            [nameof(ReportInputs.Evaluations)] = new FromMany([.. evaluations]),
        });
    }

    private StepInput Target() => _experiment.Target.Pretrain is { } pretrain
        ? Add("pretrain", pretrain, [])
        : _experiment.Target.Random is { } family
        ? Add("random", new RandomSettings { Family = family }, new() { [nameof(RandomInputs.Tokenizer)] = new FromSource(new TargetFolder(_read.Sources.Target!)) })
        : _read.Sources.Unfetched is { } model ? new Unfetched(model)
        : new FromSource(new TargetFolder(_read.Sources.Target!) { Assembly = _read.Sources.Assembly });

    private FromStep Tokenize(StepInput target)
    {
        var data = _experiment.Data;
        var settings = new TokenizeSettings
        {
            MaxTokens = data.MaxTokens,

            // Not used beside held-out files, and so not to be in the key.
            HeldoutShare = data.Heldout.Count > 0 ? 0 : data.HeldoutShare,
            Rows = data.Rows,
            Mask = data.Mask,
            OnBadRow = data.OnBadRow,
        };
        if (_experiment.Regenerate is not { } asked)
        {
            return Add("tokenize", settings, Conversations(target));
        }

        return Add("tokenize", settings, new()
        {
            [nameof(TokenizeInputs.Target)] = target,
            [nameof(TokenizeInputs.Train)] = new FromMany([]),
            [nameof(TokenizeInputs.Heldout)] = new FromMany([]),
            [nameof(TokenizeInputs.Regenerated)] = Regenerate(asked, target),
        });
    }

    /// <summary>One step, whatever computes the answers; who changes the engine asks for other answers.</summary>
    private FromStep Regenerate(RegenerationSettings asked, StepInput target)
    {
        const string id = "regenerate";
        var sampling = asked.Temperature > 0 ? new AnswerSampling { Temperature = asked.Temperature, TopK = asked.TopK, TopP = asked.TopP, Seed = asked.Seed } : null;
        return asked.Engine is AnswerEngine.Builtin
            ? Add(id, id, new RegenerateSettings
            {
                Dtype = _experiment.Target.Dtype,
                MaxNewTokens = asked.MaxNewTokens,
                Sampling = sampling,
                PromptsAtOnce = asked.PromptsAtOnce,
                OnBadRow = _experiment.Data.OnBadRow,
            }, Conversations(target))
            : Add(id, "ask", new AskSettings
            {
                Model = asked.Model ?? TargetName(),
                MaxNewTokens = asked.MaxNewTokens,
                Sampling = sampling,
                OnBadRow = _experiment.Data.OnBadRow,
                Servers = asked.Servers,
                Concurrency = asked.Concurrency,
                Retries = asked.Retries,
                TimeoutSeconds = asked.TimeoutSeconds,
            }, Conversations(target));
    }

    /// <summary>The target, and the conversations that the user brought.</summary>
    private Dictionary<string, StepInput> Conversations(StepInput target) => new()
    {
        [nameof(TokenizeInputs.Target)] = target,
        [nameof(TokenizeInputs.Train)] = Brought(_read.Sources.Train),
        [nameof(TokenizeInputs.Heldout)] = Brought(_read.Sources.Heldout),
    };

    private StepInput Features(StepInput target, StepInput rows)
    {
        if (_experiment.Mode is Mode.Online)
        {
            return new Absent();
        }

        var settings = new CaptureSettings { Dtype = _experiment.Target.Dtype, HiddenLayers = _experiment.Draft.HiddenLayers };
        return Add("capture", settings, new()
        {
            [nameof(CaptureInputs.Target)] = target,
            [nameof(CaptureInputs.Rows)] = rows,
        });
    }

    private FromStep Train(StepInput target, StepInput rows, StepInput words, StepInput features)
    {
        var settings = new TrainSettings { Dtype = _experiment.Target.Dtype, Draft = _experiment.Draft, Training = _experiment.Training, MaxTokens = _experiment.Data.MaxTokens };
        return Add("train", settings, new()
        {
            [nameof(TrainInputs.Target)] = target,
            [nameof(TrainInputs.Rows)] = rows,
            [nameof(TrainInputs.Words)] = words,
            [nameof(TrainInputs.Features)] = features,
        });
    }

    private FromStep Export(StepInput target, StepInput words, StepInput draft)
    {
        var settings = new ExportSettings
        {
            Dtype = _experiment.Target.Dtype,
            TargetName = TargetName(),
            TargetHubId = TargetHubId(),
            TargetRevision = TargetHubId() is not null && _experiment.Target.Revision != new TargetSettings().Revision ? _experiment.Target.Revision : null,
            SpeculativeTokens = _experiment.Speculation.Tokens[0],
            Tree = _experiment.Speculation.Tree,
            Speculators = _experiment.Export.Speculators,
        };
        return Add("export", settings, new()
        {
            [nameof(ExportInputs.Target)] = target,
            [nameof(ExportInputs.Words)] = words,
            [nameof(ExportInputs.Draft)] = draft,
        });
    }

    private FromStep Evaluate(int speculativeTokens, TreeSettings? tree, StepInput target, StepInput export, StepInput rows)
    {
        var settings = new EvaluateSettings
        {
            SpeculativeTokens = speculativeTokens,
            Tree = tree,
            PromptLabels = FileLabels.Of(_read.Sources.Prompts),
            PromptsPerFile = _experiment.Evaluation.PromptsPerFile,
            MaxNewTokens = _experiment.Evaluation.MaxNewTokens,
            PromptsAtOnce = _experiment.Evaluation.PromptsAtOnce,
            Stop = _experiment.Evaluation.Stop,
            Sampling = Sampling(),
            Dtype = _experiment.Target.Dtype,
        };
        return Add(tree is null ? string.Create(CultureInfo.InvariantCulture, $"evaluate-k{speculativeTokens}") : "evaluate-tree", settings, new()
        {
            [nameof(EvaluateInputs.Target)] = target,
            [nameof(EvaluateInputs.Draft)] = export,
            [nameof(EvaluateInputs.Rows)] = rows,
            [nameof(EvaluateInputs.Prompts)] = Brought(_read.Sources.Prompts),
        });
    }

    /// <summary>Null when nothing is drawn: then seed and bounds change nothing, and are not to be in the key.</summary>
    private SamplingSettings? Sampling() => _experiment.Evaluation is { Temperature: > 0 } asked
        ? new() { Temperature = asked.Temperature, TopK = asked.TopK, TopP = asked.TopP, Seed = asked.Seed, Drafting = _experiment.Speculation.Drafting }
        : null;

    /// <summary>As people name it. Of a folder only the last part, so that a key does not depend on where it lies.</summary>
    private string TargetName() => _experiment.Target switch
    {
        { Pretrain: not null } => _experiment.Name,
        { Random: { } family } => $"random-{family}",
        { Builtin: { } builtin } => builtin,
        _ when TargetHubId() is { } id => id,
        _ => Path.GetFileName(Path.TrimEndingDirectorySeparator(_read.Sources.Target!)),
    };

    private string? TargetHubId() =>
        _experiment.Target.Model is { } model && HubModel.IsId(model) && !Directory.Exists(Path.GetFullPath(model, _read.Folder)) ? model : null;

    /// <summary>The effective manifest for the report, without what is in no key: where files lie, and what changes only the speed.</summary>
    private JsonObject WithoutPlaces()
    {
        static JsonArray Names(IReadOnlyList<string> files) => new([.. FileLabels.Of(files).Select(label => (JsonNode)label)]);
        var experiment = SettingsJson.Of(_experiment, Incidentals.LeftOut);
        var (target, data, evaluation) = (experiment["target"]!, experiment["data"]!, experiment["evaluation"]!);
        target["model"] = _experiment.Target.Model is null ? null : TargetName();
        target["assembly"] = Path.GetFileName(_read.Sources.Assembly);
        data["train"] = Names(_read.Sources.Train);
        data["heldout"] = Names(_read.Sources.Heldout);
        evaluation["prompts"] = Names(_read.Sources.Prompts);

        // A report is of one point, which does not know whether it belongs to a sweep; and what is not asked for is not to be in its key.
        experiment.Remove("sweep");
        if (_experiment.Regenerate is null)
        {
            experiment.Remove("regenerate");
        }

        return experiment;
    }

    private static FromMany Brought(IReadOnlyList<string> files) =>
        new([.. files.Select(file => new FromSource(new SourceFile(Path.GetDirectoryName(file)!, Path.GetFileName(file))))]);

    /// <summary>Adds a step. An id is the name of its stage, with what tells it from its like after a dash.</summary>
    private FromStep Add(string id, object settings, Dictionary<string, StepInput> inputs) => Add(id, id.Split('-')[0], settings, inputs);

    private FromStep Add(string id, string stage, object settings, Dictionary<string, StepInput> inputs)
    {
        _steps.Add(new Step(id, _catalog.Get(stage), settings, inputs));
        return new FromStep(id);
    }
}
