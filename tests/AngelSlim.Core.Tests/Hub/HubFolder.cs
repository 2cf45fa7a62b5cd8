using System.Collections.Concurrent;
using System.Text;
using AngelSlim.Core.Hub;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Core.Web;
using AngelSlim.Testing;

namespace AngelSlim.Core.Tests.Hub;

/// <summary>A hub with a small model, and an empty cache.</summary>
internal sealed class HubFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public HubFolder()
    {
        foreach (var name in new[] { "config.json", "tokenizer.json", "generation_config.json", "tokenizer_config.json" })
        {
            Hub.Files[name] = Encoding.UTF8.GetBytes($$"""{ "this": "{{name}}" }""");
        }

        Hub.Files["model.safetensors"] = Large(1);
        Patience = new(Clock);
    }

    public FakeHub Hub { get; } = new();

    public ImpatientClock Clock { get; } = new();

    public Patience Patience { get; set; }

    public string? Token { get; set; }

    public string Cache => _folder.At("hub");

    public string Model => Path.Combine(Cache, "models--org--model");

    public ConcurrentQueue<RunEvent> Told { get; } = new();

    public IEnumerable<string> Said => Told.OfType<Said>().Select(said => said.Text);

    /// <summary>A megabyte that no two numbers have in common.</summary>
    public static byte[] Large(int number)
    {
        var bytes = new byte[1_000_000];
        new Random(number).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Two files of weights and their index.</summary>
    public void Shard(string second = "model-00002-of-00002.safetensors")
    {
        Hub.Files.Remove("model.safetensors");
        Hub.Files["model-00001-of-00002.safetensors"] = Large(2);
        Hub.Files["model-00002-of-00002.safetensors"] = Large(3);
        Hub.Files["model.safetensors.index.json"] = Encoding.UTF8.GetBytes($$"""{ "weight_map": { "a": "model-00001-of-00002.safetensors", "b": "{{second}}" } }""");
    }

    public ModelFetch Fetcher() => new(new HubAccess(Hub.Address, new HubToken("HF_TOKEN", () => Token), "angelslim/test"), Patience, Cache, Told.Enqueue);

    public async Task<Outstanding> FetchAsync(string revision = "main", CancellationToken ct = default)
    {
        using var fetch = Fetcher();
        var outstanding = await fetch.PrepareAsync(new HubModel(FakeHub.Id, revision), ct);
        await fetch.WeightsAsync(outstanding, ct);
        return outstanding;
    }

    public HubSnapshot Snapshot(string revision = "main") => HubCache.Snapshot(Cache, new HubModel(FakeHub.Id, revision));

    /// <summary>Every file and link below the cache, with what it holds or leads to.</summary>
    public string[] Tree() =>
    [
        .. from entry in new DirectoryInfo(Cache).EnumerateFiles("*", SearchOption.AllDirectories)
           let name = Path.GetRelativePath(Cache, entry.FullName)
           orderby name
           select entry.LinkTarget is { } target ? $"{name} -> {target}" : entry.Length < 50 ? $"{name}: {File.ReadAllText(entry.FullName)}" : $"{name}: {entry.Length} bytes",
    ];

    public void Dispose()
    {
        Hub.Dispose();
        _folder.Dispose();
    }
}

/// <summary>A clock on which every pause is over at once, and is remembered.</summary>
internal sealed class ImpatientClock : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Pauses { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Pauses.Enqueue(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
