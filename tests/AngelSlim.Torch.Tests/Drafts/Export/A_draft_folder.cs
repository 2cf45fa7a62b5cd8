using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts.Export;

public sealed class A_draft_folder : IDisposable
{
    private static readonly string Original = Golden.Own("eagle3", "decode", "draft");
    private readonly TargetModel _target = TargetModel.Load(Golden.Own("eagle3", "decode", "target"), float32, CPU);
    private readonly string _folder = Directory.CreateTempSubdirectory("draft-").FullName;

    [Fact]
    public void May_hold_links_as_a_hub_cache_does()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "config.json"), Path.Combine(Original, "config.json"));
        File.CreateSymbolicLink(Path.Combine(_folder, "model.safetensors"), Path.Combine(Original, "model.safetensors"));
        using var draft = DraftFolder.Load(_folder, _target);

        Assert.Equal([48L, 32L], draft.Head_WD.shape);
        Assert.Equal([1, 3, 4], draft.Config.HiddenLayers);
    }

    [Theory]
    [InlineData("\"vocab_size\": 80", "\"vocab_size\": 81", "the target 80")]
    [InlineData("\"hidden_size\": 32", "\"hidden_size\": 36", "the target 32")]
    [InlineData("\"use_cache\": true", "\"eagle_aux_hidden_state_layer_ids\": [2, 4, 9]", "the target 8 layers")]
    [InlineData("\"draft_vocab_size\": 48", "\"draft_vocab_size\": 47", "[47, 32]")]
    [InlineData("\"use_cache\": true", "\"norm_before_fc\": true", "input_norm.weight")]
    public void Is_refused_when_it_does_not_fit_the_target_or_its_own_weights(string from, string to, string message)
    {
        var config = File.ReadAllText(Path.Combine(Original, "config.json"));
        File.WriteAllText(Path.Combine(_folder, "config.json"), config.Replace(from, to, StringComparison.Ordinal));
        File.Copy(Path.Combine(Original, "model.safetensors"), Path.Combine(_folder, "model.safetensors"));
        var wrong = Assert.Throws<DataException>(() => DraftFolder.Load(_folder, _target));

        Assert.Equal(ProblemCode.BadDraft, wrong.Problem.Code);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _target.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
