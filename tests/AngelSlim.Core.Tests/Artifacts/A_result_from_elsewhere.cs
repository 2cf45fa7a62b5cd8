using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Artifacts;

public sealed class A_result_from_elsewhere : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ToyStore _there;
    private readonly ToyStore _here;

    public A_result_from_elsewhere()
    {
        _there = new ToyStore(_folder.At("there"));
        _there.Run(Write("a"));
        _here = new ToyStore(_folder.At("here"));
    }

    private StepKey Key => _there.Results["a"].Key;

    [Fact]
    public void Is_found_like_one_that_was_made_here()
    {
        Arrive();
        Assert.Equal([Key], _here.Store.Arriving());
        Assert.Equal(["flushed", "mode", "object"], _here.Store.Import(Key));
        Assert.Equal("cached", _here.Run(Write("a"))["a"]);
        Assert.Equal(_there.Results["a"].Listing.Digest, _here.Results["a"].Listing.Digest);
        Assert.Empty(_here.Store.Arriving());
    }

    [Fact]
    public void Survives_a_kill_after_any_step()
    {
        for (var steps = 1; steps <= 3; steps++)
        {
            Arrive();
            Assert.Equal(steps, _here.Store.Import(Key).Take(steps).Count());
            if (_here.Store.Arriving().Count > 0)
            {
                Assert.Equal("object", _here.Store.Import(Key).Last());
            }

            Assert.Equal("cached", _here.Run(Write("a"))["a"]);
            Durable.DeleteFolder(Object(_here));
        }
    }

    [Fact]
    public void That_is_here_already_changes_nothing()
    {
        _here.Run(Write("a"));
        Arrive();
        Assert.Empty(_here.Store.Import(Key));
        Assert.Empty(_here.Store.Arriving());
        Assert.Equal("cached", _here.Run(Write("a"))["a"]);
    }

    [Theory]
    [InlineData("output/text", "other bytes", "instead of")]
    [InlineData("output/text", "a 0\na 1\na 3\n", "the bytes of text have changed")]
    [InlineData("output/more", "", "more does not belong there")]
    [InlineData("recipe.json", "{}", "is not the recipe of this key")]
    [InlineData("artifact.json", "{}", "cannot be read")]
    [InlineData("artifact.json", """{ "form": "angelslim/artifact/1", "digest": "", "files": [{ "path": "../recipe.json", "size": 1, "sha256": "0000000000000000000000000000000000000000000000000000000000000000" }] }""", "is no file of the result")]
    public void That_is_not_what_it_says_is_refused(string file, string text, string fault)
    {
        Arrive();
        var path = Path.Combine(_here.Store.Incoming(Key), file);
        File.Delete(path);
        File.WriteAllText(path, text);

        var refused = Assert.Throws<DataException>(() => _here.Store.Import(Key).Count());

        Assert.Equal(ProblemCode.StoreCorrupt, refused.Problem.Code);
        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
        Assert.Equal("made", _here.Run(Write("a"))["a"]);
    }

    [Fact]
    public void That_is_a_link_is_refused()
    {
        Arrive();
        var path = Path.Combine(_here.Store.Incoming(Key), "output", "text");
        File.Delete(path);
        File.CreateSymbolicLink(path, Path.Combine(_there.Results["a"].Folder, "text"));
        Assert.Contains("is a link", Assert.Throws<DataException>(() => _here.Store.Import(Key).Count()).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _folder.Dispose();
    }

    private string Object(ToyStore store) => Path.Combine(store.Store.Root, "objects", Key.RelativePath);

    /// <summary>What a download leaves.</summary>
    private void Arrive() => StoreCopy.Make(Object(_there), _here.Store.Incoming(Key));
}
