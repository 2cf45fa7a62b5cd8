using AngelSlim.Core.Planning;
using AngelSlim.Toy;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Package.Tests.Rendering;

/// <summary>A store of toy results in which time stands still, and the text that the user brought to it.</summary>
internal sealed class ToyHistory : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("angelslim-toy-");

    public ToyHistory() => Toy = new ToyStore(Path.Combine(_folder.FullName, "store"), new StillClock());

    public ToyStore Toy { get; }

    /// <summary>Two texts, one of them after the user's own; joined; and the lines counted.</summary>
    public Step[] Steps(int lines = 3, string? brought = null)
    {
        var source = Path.Combine(_folder.FullName, "brought.txt");
        if (brought is not null || !File.Exists(source))
        {
            File.WriteAllText(source, brought ?? "brought\n");
        }

        return
        [
            Write("write@word=a", new() { Word = "a", Lines = lines }, source),
            Write("write@word=b", new() { Word = "b" }),
            Join("join", "write@word=a", "write@word=b"),
            Count("count", "join"),
        ];
    }

    /// <summary>A text without the folder.</summary>
    public string Lasting(string text) => text.Replace(_folder.FullName, "FOLDER", StringComparison.Ordinal) + "\n";

    public void Dispose()
    {
        Toy.Dispose();
        _folder.Delete(recursive: true);
    }

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 7, 26, 9, 5, 3, TimeSpan.Zero);

        public override long GetTimestamp() => 0;
    }
}
