using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Pretraining;
using AngelSlim.Torch.Stages;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tests.Targets;
using AngelSlim.Torch.Training;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts;

/// <summary>Laws of the draft beside a target of each line of the catalogue, new ones included: its shape, its rotation, and what such a target thinks of texts.</summary>
public sealed class A_draft_of_every_family : IDisposable
{
    private const int DraftWords = 32;
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public static TheoryData<string> Families => TinyTarget.Families;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Families))]
    public void Drafts_a_chain_as_its_unroll_was_trained(string family) => Judge(family, (target, draft) =>
        An_eagle3_draft.AssertDraftsAsUnrolled(draft, Rows(target, draft, 20).Read([0])));

    [Theory]
    [MemberData(nameof(Families))]
    public void Is_taught_by_texts_that_lie_end_to_end_as_by_each_alone(string family) => Judge(family, (target, draft) =>
        Texts_end_to_end.AssertTaughtAsAlone(draft, target.Head_VD, Rows(target, draft, 17, 2, 9, 1, 30), Gate.Exact));

    [Theory]
    [MemberData(nameof(Families))]
    public void Gives_every_weight_the_gradient_of_the_finite_difference_through_its_whole_unroll(string family) => Judge(family, (target, draft) =>
    {
        var batch = Rows(target, draft, 17, 9).Read([0, 1]);
        var (_, figures, gradients) = Texts_end_to_end.Judge(draft, target.Head_VD, batch, Gate.Exact);
        var counted = figures.Steps[0].Counted;
        Assert.Equal(draft.Weights.Keys.Order(StringComparer.Ordinal), gradients.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, gradient) in gradients)
        {
            FiniteDifference.Assert(name, draft.Weights[name], gradient / counted, () => Texts_end_to_end.Taught(draft, target.Head_VD, batch, Gate.Exact).Loss.Figures.Weighted(0.8) / counted, 1e-2);
        }
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Has_the_same_bytes_when_it_is_saved_loaded_and_saved(string family) => Judge(family, (target, draft) =>
    {
        var (config, weights, vocabulary) = TrainedDraftFile.Read(Saved("one", draft));
        using var again = new Eagle3Draft(config, weights, vocabulary, target.Embedding_VD);
        AssertSame("one", Saved("two", again));
    });

    /// <summary>What a server is given is what was trained: the form, the rotation in the target's own words, and every weight.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Has_the_same_bytes_when_it_was_exported_and_loaded_as_a_server_loads_it(string family)
    {
        using var scope = NewDisposeScope();
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "target")).FullName;
        RandomTarget.Write(folder, TinyTarget.Family(family), TinyTarget.Words, seed: 1);
        using var target = TargetModel.Load(folder, float32, CPU, TinyTarget.All);
        using var draft = Tiny.Draft(DraftConfig.For(new(), Compatibility.None, target.Config, DraftWords), target.Embedding_VD);
        var words = new DraftWords(_folder);
        new DraftWordList([.. draft.Vocabulary.Words.Select(word => (int)word)], Coverage: 1, draft.Vocabulary.TargetCount).Write(words.File);
        var export = Directory.CreateDirectory(Path.Combine(_folder, "export")).FullName;
        using var journal = Journal.Open(Path.Combine(_folder, "journal"));
        ((IStage)new ExportStage(new TensorRuntime("", Threads: 1))).Run(
            new ExportSettings { Dtype = Dtype.Float32, TargetName = family, TargetHubId = null, SpeculativeTokens = 3, Speculators = false },
            new ExportInputs(new TargetFolder(folder) { Assembly = TinyTarget.AssemblyOf(family) }, words, new TrainedDraft(Saved("one", draft))),
            new StageContext(export, _folder, journal, _ => { }, default));

        using var again = DraftFolder.Load(export, target);
        AssertSame("one", Saved("two", again));
    }

    private static void Judge(string family, Action<TargetModel, Eagle3Draft> law)
    {
        using var scope = NewDisposeScope();
        using var target = TinyTarget.Model(TinyTarget.Family(family));
        using var draft = Tiny.Draft(DraftConfig.For(new() { HiddenLayers = [0, 1, 3] }, Compatibility.None, target.Config, DraftWords), target.Embedding_VD);
        law(target, draft);
    }

    /// <summary>Random texts of these lengths with what the target thinks of them, each one answer from its third token to its last but one.</summary>
    private static LiveFeatures Rows(TargetModel target, Eagle3Draft draft, params int[] lengths) => new(
        target,
        draft.Config.HiddenLayers,
        [.. lengths.Select((length, row) => new TokenRow(
            $"row {row}",
            [.. TinyTarget.Ids(rows: 1, length, seed: row).data<long>().ToArray().Select(id => (int)id)],
            [.. Enumerable.Range(0, length).Select(t => t >= 2 && t < length - 1)]))]);

    private string Saved(string name, Eagle3Draft draft)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        TrainedDraftFile.Write(folder, draft);
        return folder;
    }

    private void AssertSame(string expected, string actual)
    {
        foreach (var path in Directory.GetFiles(Path.Combine(_folder, expected)))
        {
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(actual, Path.GetFileName(path))));
        }
    }
}
