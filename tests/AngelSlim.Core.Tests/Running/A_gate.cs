using System.Diagnostics;
using AngelSlim.Core.Running;
using AngelSlim.Toy;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_gate : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Holder _me = new(1, "here", DateTimeOffset.UnixEpoch);

    [Fact]
    public void Lets_in_many_who_read_or_one_who_deletes()
    {
        using (StoreGate.TryShare(_folder.Path))
        using (StoreGate.TryShare(_folder.Path))
        {
            Assert.Null(StoreGate.TryTake(_folder.Path, _me));
        }

        using (StoreGate.TryTake(_folder.Path, _me))
        {
            Assert.Null(StoreGate.TryShare(_folder.Path));
            Assert.Null(StoreGate.TryTake(_folder.Path, _me));
        }

        using var again = StoreGate.TryShare(_folder.Path);
        Assert.NotNull(again);
    }

    [Fact]
    public void Keeps_out_another_process_that_runs_until_it_is_open()
    {
        Process other;
        using (StoreGate.TryTake(_folder.Path, _me))
        {
            other = Process.Start(new ProcessStartInfo("dotnet", [typeof(ToyStore).Assembly.Location, _folder.Path, "3", "0", _folder.At("trace")]) { RedirectStandardOutput = true })!;
            Assert.False(other.WaitForExit(TimeSpan.FromSeconds(1)));
            Assert.False(File.Exists(_folder.At("trace")));
        }

        Assert.Equal("a:made all:made", other.StandardOutput.ReadToEnd().Trim());
        other.Dispose();
    }

    public void Dispose() => _folder.Dispose();
}
