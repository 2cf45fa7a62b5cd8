using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_lock : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StepKey _key = new("train", Digest.Of("recipe"));
    private readonly Holder _me = new(1, "here", DateTimeOffset.UnixEpoch);

    [Fact]
    public void Is_not_busy_because_somebody_asks_about_it()
    {
        StoreLock.TryTake(_folder.Path, _key, _me)!.Dispose();
        using var stop = new CancellationTokenSource();
        var asking = new Thread(() =>
        {
            while (!stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(1)))
            {
                for (var i = 0; i < 20; i++)
                {
                    StoreLock.IsHeld(_folder.Path, _key);
                }
            }
        });
        asking.Start();
        try
        {
            for (var i = 0; i < 300; i++)
            {
                using var taken = StoreLock.TryTakePatiently(_folder.Path, _key, _me);
                Assert.NotNull(taken);
            }
        }
        finally
        {
            stop.Cancel();
            asking.Join();
        }
    }

    [Fact]
    public void That_is_held_names_who_holds_it()
    {
        using var held = StoreLock.TryTake(_folder.Path, _key, _me);
        Assert.True(StoreLock.IsHeld(_folder.Path, _key));
        Assert.Null(StoreLock.TryTakePatiently(_folder.Path, _key, _me with { Pid = 2 }));
        Assert.StartsWith("process 1 on here", Holder.Name(StoreLock.HolderOf(_folder.Path, _key)), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
