using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Tests.Planning;
using AngelSlim.Core.Tests.Running;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class An_assembly_of_families : IDisposable
{
    private readonly ManifestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_missed_where_it_was_looked_for() =>
        Assert.Equal(
            "FOLDER/e.json(1,59): error ASL0007: There is no file 'none.dll' in FOLDER; paths are relative to the manifest. Build the family's project first.",
            _folder.Problem(With("none.dll")).Replace(Path.GetFileName(_folder.Manifest), "e.json", StringComparison.Ordinal));

    [Fact]
    public void Is_refused_when_it_is_none()
    {
        _folder.Write("text.dll", "MZ and then text");
        Assert.EndsWith(
            "error ASL1009: 'text.dll' is no .NET assembly; expected the .dll that the build of the family's project made.", _folder.Problem(With("text.dll")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"builtin\": \"tiny-text\"", "builtin")]
    [InlineData("\"pretrain\": {}", "pretrain")]
    public void Goes_with_a_model_only(string target, string member)
    {
        Bring("f.dll");
        Assert.Contains(
            $"error ASL0008: 'target' has both '{member}' and 'assembly'",
            _folder.Problem(With("f.dll").Replace("\"model\": \"target\"", target, StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Is_read_by_every_step_that_reads_the_target()
    {
        Bring("families/f.dll");
        var steps = ExperimentResolver.Resolve(_folder.Read(With("families/f.dll")), Contracts.All);
        var targets = steps.SelectMany(step => step.Sources.OfType<TargetFolder>().Select(target => (step.Id, target.Assembly))).ToList();
        Assert.Equal(["tokenize", "vocabulary", "capture", "train", "export"], targets.Select(target => target.Id).Take(5));
        Assert.All(targets, target => Assert.Equal(Path.Combine(_folder.Root, "families", "f.dll"), target.Assembly));
    }

    /// <summary>By its bytes, not by where it lies or what it is called; a target without one counts as it always did.</summary>
    [Fact]
    public void Enters_keys_by_its_bytes()
    {
        Bring("families/f.dll");
        Bring("elsewhere/g.dll");
        _folder.Write("other.dll", "other bytes");
        using var folder = new TemporaryFolder();
        using var database = RunDatabase.Open(folder.Path);
        var digests = new SourceDigests(new FileDigests(database, TimeProvider.System));
        Digest Of(string? assembly) => digests.Of(new TargetFolder(Path.Combine(_folder.Root, "target")) { Assembly = assembly is null ? null : Path.Combine(_folder.Root, assembly) }).Digest;

        Assert.Equal(Of("families/f.dll"), Of("elsewhere/g.dll"));
        Assert.Equal(3, new[] { Of(null), Of("families/f.dll"), Of("other.dll") }.Distinct().Count());
        Assert.Contains(Path.Combine(_folder.Root, "other.dll"), SourceDigests.FilesOf(new TargetFolder(Path.Combine(_folder.Root, "target")) { Assembly = Path.Combine(_folder.Root, "other.dll") }));
    }

    private static string With(string assembly) => ManifestFolder.Least.Replace("\"model\": \"target\"", $"\"model\": \"target\", \"assembly\": \"{assembly}\"", StringComparison.Ordinal);

    /// <summary>Any assembly will do where none is loaded.</summary>
    private void Bring(string name)
    {
        _folder.Write(name, "");
        File.Copy(typeof(An_assembly_of_families).Assembly.Location, Path.Combine(_folder.Root, name), overwrite: true);
    }
}
