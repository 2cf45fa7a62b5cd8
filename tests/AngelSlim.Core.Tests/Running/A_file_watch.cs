using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_file_watch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(20));
    private readonly FileWatch _watch = new();

    [Fact]
    public void Sees_a_file_that_is_written_one_that_comes_and_one_that_goes()
    {
        File.WriteAllText(_folder.At("manifest.json"), "one");
        _watch.Add(new SourceFile(_folder.Path, "manifest.json"));
        File.WriteAllText(_folder.At("manifest.json"), "two");
        Assert.Equal(_folder.At("manifest.json"), Wait(_watch));

        var coming = new FileWatch();
        coming.Add(new SourceFile(_folder.Path, "rows.jsonl"));
        File.WriteAllText(_folder.At("rows.jsonl"), "");
        Assert.Equal(_folder.At("rows.jsonl"), Wait(coming));

        var going = new FileWatch();
        going.Add(new SourceFile(_folder.Path, "rows.jsonl"));
        File.Delete(_folder.At("rows.jsonl"));
        Assert.Equal(_folder.At("rows.jsonl"), Wait(going));
    }

    [Fact]
    public void Sees_what_comes_into_a_target_and_matters_there()
    {
        _watch.Add(new TargetFolder(_folder.Path));
        File.WriteAllText(_folder.At("README.md"), "");
        using var shortly = new CancellationTokenSource(Interval * 5);
        Assert.Null(_watch.Wait(Interval, shortly.Token));

        File.WriteAllText(_folder.At("tokenizer.json"), "{}");
        Assert.Equal(_folder.At("tokenizer.json"), Wait(_watch));
    }

    [Fact]
    public void Waits_until_a_writer_has_done()
    {
        var path = _folder.At("manifest.json");
        File.WriteAllText(path, "");
        _watch.Add(new SourceFile(_folder.Path, "manifest.json"));
        const int Goes = 30;
        var written = 0;
        var writer = new Thread(() =>
        {
            for (; written < Goes; written++)
            {
                File.AppendAllText(path, "more");
                Thread.Sleep(5);
            }
        });
        writer.Start();

        Assert.Equal(path, _watch.Wait(TimeSpan.FromMilliseconds(300), _patience.Token));

        Assert.Equal(Goes, written);
        writer.Join();
    }

    public void Dispose()
    {
        _patience.Dispose();
        _folder.Dispose();
    }

    private string? Wait(FileWatch watch) => watch.Wait(Interval, _patience.Token);
}
