using System.Collections.Concurrent;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>What was asked, for the record.</summary>
/// <param name="Manifest">Path of the manifest, as given.</param>
/// <param name="Name">The experiment's name.</param>
/// <param name="Effective">The manifest with every default written out, as JSON.</param>
internal sealed record RunRequest(string Manifest, string Name, string Effective);

/// <summary>Where a run takes place; recorded, in no key.</summary>
/// <param name="Tool">Version of the tool.</param>
/// <param name="Host">The machine's name.</param>
/// <param name="Pid">This process.</param>
/// <param name="Threads">Threads of tensor stages.</param>
internal sealed record RunPlace(string Tool, string Host, int Pid, int Threads);

/// <summary>Writes one run into the index.</summary>
internal sealed class RunRecord
{
    private readonly RunDatabase _database;
    private readonly RunPlace _place;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<Artifact, Digest> _sources = new();

    /// <summary>Begins a run.</summary>
    public RunRecord(RunDatabase database, RunRequest request, RunPlace place, TimeProvider clock)
    {
        (_database, _place, _clock) = (database, place, clock);
        Id = (long)database.Scalar(
            """
            insert into runs (manifest, name, effective, tool, host, pid, threads, started)
            values ($manifest, $name, $effective, $tool, $host, $pid, $threads, $now) returning id
            """,
            ("$manifest", request.Manifest), ("$name", request.Name), ("$effective", request.Effective), ("$tool", place.Tool), ("$host", place.Host), ("$pid", place.Pid), ("$threads", place.Threads), Now)!;
    }

    /// <summary>Names the run.</summary>
    public long Id { get; }

    private (string Name, object? Value) Now => ("$now", RunDatabase.Time(_clock.GetUtcNow()));

    /// <summary>Begins an attempt; earlier ones at the same key that never ended were killed, for only one process works on a key.</summary>
    /// <returns>Its number.</returns>
    public long BeginAttempt(string step, StepKey key)
    {
        _database.Execute(
            "update attempts set ended = $now, outcome = 'killed' where stage = $stage and key = $key and ended is null",
            ("$stage", key.Stage), ("$key", key.Recipe.Hex), Now);
        return (long)_database.Scalar(
            """
            insert into attempts (run, step, stage, key, pid, host, started) values ($run, $step, $stage, $key, $pid, $host, $now) returning id
            """,
            ("$run", Id), ("$step", step), ("$stage", key.Stage), ("$key", key.Recipe.Hex), ("$pid", _place.Pid), ("$host", _place.Host), Now)!;
    }

    /// <summary>Ends an attempt.</summary>
    public void EndAttempt(long attempt, StepOutcome outcome, string? message = null) =>
        _database.Execute(
            "update attempts set ended = $now, outcome = $outcome, message = $message where id = $id",
            ("$id", attempt), ("$outcome", Word(outcome)), ("$message", message), Now);

    /// <summary>Keeps a number.</summary>
    public void Keep(long attempt, Measured measured) =>
        _database.Execute(
            "insert into metrics (attempt, name, step, value) values ($attempt, $name, $step, $value)",
            ("$attempt", attempt), ("$name", measured.Name), ("$step", measured.Step), ("$value", double.IsFinite(measured.Value) ? measured.Value : null));

    /// <summary>Keeps what a step came to.</summary>
    public void Keep(StepResult result, PlannedStep planned) =>
        _database.Execute(
            """
            insert into steps (run, id, stage, key, outcome, reason, seconds, artifact) values ($run, $id, $stage, $key, $outcome, $reason, $seconds, $artifact)
            """,
            ("$run", Id), ("$id", result.StepId), ("$stage", result.Stage), ("$key", planned.Recipe?.Key.Recipe.Hex), ("$outcome", Word(result.Outcome)),
            ("$reason", planned.Reason), ("$seconds", result.Seconds), ("$artifact", result.Digest));

    /// <summary>Keeps a result and what it was made of; a result that the index has lost or never had is indexed anew.</summary>
    public void Keep(StoredArtifact artifact, PlannedStep planned, IReadOnlyDictionary<string, StoredArtifact> made) => _database.InTransaction(() =>
    {
        var (recipe, steady) = (planned.Recipe!.Text, SteadyDigest(artifact, planned.Step.Stage));
        ArtifactIndex.Keep(_database, artifact, recipe, steady);
        _database.Execute(
            "insert or ignore into outputs (stage, key, steady, run, seen) values ($stage, $key, $steady, $run, $now)",
            ("$stage", artifact.Key.Stage), ("$key", artifact.Key.Recipe.Hex), ("$steady", steady), ("$run", Id), Now);
        KeepSources(planned);
        var digests = RecipeInputs.Of(recipe);
        foreach (var (parameter, input) in planned.Step.Inputs)
        {
            var name = Recipe.InputName(parameter);
            var ofInput = digests[name].ToList();
            var leaves = input.Leaves.Where(leaf => leaf is not Absent).ToList();
            for (var position = 0; position < ofInput.Count; position++)
            {
                var producer = leaves[position] is FromStep from ? made[from.StepId].Key : null;
                ArtifactIndex.KeepInput(_database, artifact.Key, (name, position, ofInput[position]), producer);
            }
        }
    });

    /// <summary>Keeps whether the run brought what was expected of it.</summary>
    /// <param name="verdicts">With the point of a sweep for which each holds; null for a manifest that sweeps nothing.</param>
    public void Keep(IReadOnlyList<PointVerdict> verdicts)
    {
        if (verdicts.Count is 0)
        {
            return;
        }

        WithFile(() =>
        {
            foreach (var (point, verdict) in verdicts)
            {
                _database.Execute(
                    "insert into verdicts (run, point, tokens, at_least, found) values ($run, $point, $tokens, $atLeast, $found)",
                    ("$run", Id), ("$point", point), ("$tokens", verdict.Tokens), ("$atLeast", verdict.AtLeast), ("$found", verdict.Found));
            }
        });
    }

    /// <summary>Ends the run.</summary>
    /// <exception cref="DataException">The disk is full.</exception>
    public void End(string outcome) =>
        WithFile(() => _database.Execute("update runs set ended = $now, outcome = $outcome where id = $id", ("$id", Id), ("$outcome", outcome), Now));

    /// <summary>Digest of the files that equal runs have equal, of the result that was last made from a recipe; null when the index knows none.</summary>
    public string? SteadyDigestOf(StepKey key) =>
        _database.Scalar("select steady from artifacts where stage = $stage and key = $key", ("$stage", key.Stage), ("$key", key.Recipe.Hex)) as string;

    /// <summary>Digest of the files that equal runs have equal.</summary>
    public static string SteadyDigest(StoredArtifact artifact, IStage stage) => artifact.Listing.Without(stage.Unsteady).Digest.Hex;

    /// <summary>An outcome as it is stored.</summary>
    public static string Word(StepOutcome outcome) => outcome.ToString().ToLowerInvariant();

    /// <summary>Changes rows of a run that is over, and its file: the index says that it is over only once the file is there.</summary>
    private void WithFile(Action change)
    {
        try
        {
            _database.InTransaction(() =>
            {
                change();
                RunFile.Write(_database, Id);
            });
        }
        catch (IOException failure) when (DiskFull.Caused(failure))
        {
            throw DiskFull.Explained(_database.Root, failure);
        }
    }

    /// <summary>Which files a digest stood for, so that a later run can say which of them changed.</summary>
    private void KeepSources(PlannedStep planned)
    {
        foreach (var source in planned.Sources.Keys)
        {
            var content = planned.Sources[source];
            if (_sources.TryGetValue(source, out var kept) && kept == content.Digest)
            {
                continue;
            }

            var files = JsonObjects.Of(content.Files.Keys, path => Path.GetFileName(path), path => content.Files[path].Digest.Hex);
            _database.Execute(
                "insert or ignore into sources (digest, path, file, sha256) select $digest, $path, key, value from json_each($files)",
                ("$digest", content.Digest.Hex), ("$path", source.Location), ("$files", files.ToJsonString()));
            _sources[source] = content.Digest;
        }
    }
}
