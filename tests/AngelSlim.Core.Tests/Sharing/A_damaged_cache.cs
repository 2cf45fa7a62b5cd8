using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Sharing;
using AngelSlim.Core.Upkeep;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Core.Tests.Sharing.TwoStores;

namespace AngelSlim.Core.Tests.Sharing;

/// <summary>Whoever can write to a cache can write anything; what is not the result of its key is said and not taken.</summary>
public sealed class A_damaged_cache : IDisposable
{
    private readonly TwoStores _stores = new();

    public A_damaged_cache() => _stores.Push();

    private string Listing => _stores.InCache("b", CacheNames.Listing);

    private string Bytes => _stores.BytesInCache("b");

    [Theory]
    [InlineData("flipped", "found 12 bytes of ")]
    [InlineData("shorter", "has 11 bytes instead of 12")]
    [InlineData("longer", "has 13 bytes instead of 12")]
    [InlineData("gone", "the bytes of text, is not there")]
    [InlineData("a link", "the bytes of text, is not there")]
    [InlineData("a folder", "the bytes of text, is not there")]
    [Provokes(ProblemCode.CacheCorrupt)]
    public void Of_whose_bytes_some_are_wrong_gives_no_result(string how, string fault)
    {
        switch (how)
        {
            case "flipped":
                Write(Bytes, "b 0\nb 1\nb 3\n");
                break;
            case "shorter":
                Write(Bytes, "b 0\nb 1\nb 2");
                break;
            case "longer":
                Write(Bytes, "b 0\nb 1\nb 2\n\n");
                break;
            case "a link":
                File.Delete(Bytes);
                File.CreateSymbolicLink(Bytes, Path.Combine(_stores.There.Results["b"].Folder, "text"));
                break;
            default:
                File.Delete(Bytes);
                _ = how is "gone" ? null : Directory.CreateDirectory(Bytes);
                break;
        }

        IsRefused(fault);
    }

    [Theory]
    [InlineData("../../../../escaped")]
    [InlineData("/tmp/escaped")]
    [InlineData("sub/../../escaped")]
    [InlineData("sub//text")]
    [InlineData("sub\\text")]
    [InlineData("")]
    public void With_a_name_that_leads_out_of_the_result_is_refused(string path)
    {
        Rename(Listing, path);
        IsRefused("is no file of the result");
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_stores.CacheFolder)!, "escaped", SearchOption.AllDirectories));
    }

    [Fact]
    public void With_a_file_twice_or_where_a_folder_is_needed_is_refused()
    {
        Rename(Listing, "text", "text");
        IsRefused("has text twice");
        Rename(Listing, "text", "text/inner");
        IsRefused("a file where text/inner needs a folder");
    }

    [Fact]
    public void With_names_that_differ_by_case_gives_both()
    {
        Rename(Listing, "text", "TEXT");
        Assert.Equal(["b Moved"], Words(PullB()));
        Assert.Equal(["TEXT", "text"], Directory.GetFiles(_stores.Here.Store.FolderOf(_stores.Key("b"))!).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{ not json")]
    [InlineData("""{ "form": "angelslim/artifact/1", "digest": "0", "made": null, "files": [] }""")]
    public void With_a_listing_that_is_none_is_refused(string text)
    {
        Write(Listing, text);
        IsRefused("Expected all that");
    }

    [Fact]
    public void With_the_listing_of_another_key_is_refused()
    {
        File.Copy(_stores.InCache("a", CacheNames.Listing), Listing, overwrite: true);
        IsRefused("the bytes of text, is not there");
    }

    [Fact]
    public void With_another_result_in_the_folder_of_a_key_is_refused()
    {
        var folder = _stores.InCache("b", "").TrimEnd('/');
        Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.GetFiles(_stores.InCache("a", "").TrimEnd('/'), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(_stores.InCache("a", ""), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        IsRefused($"SHA-256 {_stores.Key("b").Recipe}; found ");
    }

    [Fact]
    public void With_a_listing_that_names_thousands_of_files_is_refused_before_any_is_fetched()
    {
        var bytes = _stores.There.Results["b"].Listing.Files[0];
        var files = new ArtifactListing(Enumerable.Range(0, 20_000).Select(number => new ListedFile($"{number}", 1L << 40, bytes.Sha256)));
        Write(Listing, (_stores.There.Results["b"] with { Listing = files }).ToJson());
        IsRefused("has 12 bytes instead of 1099511627776");
    }

    [Fact]
    public void With_what_nobody_here_put_there_is_read_as_if_it_were_not()
    {
        Directory.CreateDirectory(Path.Combine(_stores.CacheFolder, "lost+found"));
        Write(Path.Combine(_stores.CacheFolder, "README"), "hello");
        Write(_stores.InCache("b", "notes.txt"), "hello");
        Write(_stores.InCache("b", "files/notes.txt"), "hello");
        Directory.CreateSymbolicLink(Path.Combine(_stores.CacheFolder, "loop"), _stores.CacheFolder);
        Assert.Equal(4, new CachedResults(_stores.Cache).All(default).Count);
        Assert.Equal(["b Moved"], Words(PullB()));
    }

    [Fact]
    public void That_a_link_leads_out_of_is_not_written_to()
    {
        var elsewhere = Directory.CreateDirectory(_stores.CacheFolder + "-elsewhere").FullName;
        Directory.Delete(_stores.InCache("b", "").TrimEnd('/'), recursive: true);
        Directory.CreateSymbolicLink(_stores.InCache("b", "").TrimEnd('/'), elsewhere);
        var refused = Assert.Throws<DataException>(() => _stores.Push());
        Assert.Equal(ProblemCode.CacheRefuses, refused.Problem.Code);
        Assert.Contains("This is a link", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(elsewhere));
    }

    [Fact]
    public void Is_mended_by_taking_out_what_is_wrong_and_pushing_again()
    {
        Write(Bytes, "b 0\nb 1\nb 3\n");
        File.Delete(_stores.BytesInCache("lines"));
        Assert.Equal(["count", "write"], _stores.Verify(Treatment.Look).Where(result => result.Faults.Count > 0).Select(result => result.There.Key.Stage));
        Assert.Equal(2, _stores.Verify(Treatment.Mend).Count(result => result.Faults.Count > 0));
        Assert.Equal(["a There", "all There", "b Moved", "lines Moved"], Words(_stores.Push()));
        Assert.All(_stores.Verify(Treatment.Look), result => Assert.Empty(result.Faults));
    }

    public void Dispose() => _stores.Dispose();

    private IReadOnlyList<Transfer> PullB() => _stores.Pull([new("b", _stores.Key("b"))]);

    private void IsRefused(string fault)
    {
        var end = Assert.Single(PullB());
        Assert.Equal((TransferOutcome.Damaged, ProblemCode.CacheCorrupt), (end.Outcome, end.Problem!.Code));
        Assert.StartsWith(_stores.InCache("b", ""), end.Problem.ToString(), StringComparison.Ordinal);
        Assert.Contains(fault, end.Problem.Message, StringComparison.Ordinal);
        Assert.Contains("cache verify --fix", end.Problem.Message, StringComparison.Ordinal);
        Assert.Empty(Objects(_stores.Here));
        Assert.Equal("made", _stores.Here.Run(ToyStore.Write("b"))["b"]);
        Durable.DeleteFolder(Path.Combine(_stores.Here.Store.Root, "objects"));
    }

    /// <summary>A listing that is right but for the names of its one file.</summary>
    private void Rename(string listing, params string[] names)
    {
        var file = _stores.There.Results["b"].Listing.Files[0];
        var other = new ArtifactListing(names.Select(name => file with { Path = name }));
        var json = JsonNode.Parse((_stores.There.Results["b"] with { Listing = other }).ToJson())!;
        Write(listing, json.ToJsonString());
    }

    private static void Write(string path, string text)
    {
        File.Delete(path);
        File.WriteAllText(path, text);
    }
}
