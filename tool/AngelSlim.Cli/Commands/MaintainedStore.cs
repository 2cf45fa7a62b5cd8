using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Commands;

/// <summary>A store that is looked after: shared with those who use it, or alone.</summary>
internal sealed class MaintainedStore : IDisposable
{
    private readonly StoreGate _gate;
    private readonly TimeProvider _clock;
    private RunDatabase? _database;

    private MaintainedStore(string root, StoreGate gate, TimeProvider clock) => (Root, _gate, _clock) = (root, gate, clock);

    /// <summary>Absolute path.</summary>
    public string Root { get; }

    /// <summary>Its index, to be read; opened, and brought to this version, when it is first asked for.</summary>
    /// <exception cref="DataException">It cannot be used.</exception>
    public RunDatabase Database => _database ??= RunDatabase.OpenToRead(Root);

    /// <summary>Its results.</summary>
    public ArtifactStore Artifacts => new(Root, new FileDigests(Database, _clock), _clock);

    /// <summary>Opens a store that is there, and leaves it to others as well.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static MaintainedStore Share(Machine machine, string? manifest, string? store)
    {
        var root = ExistingStore.Place(manifest, store);
        return new(root, StoreGate.Share(root, machine.Clock), machine.Clock);
    }

    /// <summary>Opens a store that is there, and keeps others out.</summary>
    /// <exception cref="UserException">There is none.</exception>
    /// <exception cref="DataException">Somebody uses it.</exception>
    public static MaintainedStore Take(Machine machine, string? manifest, string? store)
    {
        var root = ExistingStore.Place(manifest, store);
        if (StoreGate.TryTake(root, new Holder(machine.Pid, machine.Host, machine.Clock.GetUtcNow())) is { } gate)
        {
            return new(root, gate, machine.Clock);
        }

        var holders = StoreLock.Held(root).Select(key => $"{key} is being made by {Holder.Name(StoreLock.HolderOf(root, key))}").ToList();
        throw new DataException(
            ProblemCode.StoreBusy,
            $"Another process uses this store{(holders.Count is 0 ? "" : $" ({string.Join("; ", holders)})")}. Wait until it is done, or stop it with Ctrl+C: it goes on later where it was.",
            new TextPlace(root));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _database?.Dispose();
        _gate.Dispose();
    }
}
