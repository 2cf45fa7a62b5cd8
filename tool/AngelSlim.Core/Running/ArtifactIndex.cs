using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Running;

/// <summary>Writes results and what they were made of into the index. Written again, a row takes what is true now.</summary>
internal static class ArtifactIndex
{
    /// <summary>A result.</summary>
    /// <param name="database">The index.</param>
    /// <param name="artifact">What lies in the store.</param>
    /// <param name="recipe">The text behind its key.</param>
    /// <param name="steady">Digest of the files that equal runs have equal; null when nobody here knows which they are.</param>
    public static void Keep(RunDatabase database, StoredArtifact artifact, string recipe, string? steady) =>
        database.Execute(
            """
            insert into artifacts (stage, key, digest, steady, files, bytes, recipe, made, seconds, tool)
            values ($stage, $key, $digest, $steady, $files, $bytes, $recipe, $made, $seconds, $tool)
            on conflict (stage, key) do update set digest = $digest, steady = $steady, files = $files, bytes = $bytes, made = $made, seconds = $seconds, tool = $tool
            """,
            ("$stage", artifact.Key.Stage), ("$key", artifact.Key.Recipe.Hex), ("$digest", artifact.Listing.Digest.Hex), ("$steady", steady),
            ("$files", artifact.Listing.Files.Count), ("$bytes", artifact.Listing.Size), ("$recipe", recipe), ("$made", RunDatabase.Time(artifact.Made.At)),
            ("$seconds", artifact.Made.Seconds), ("$tool", artifact.Made.Tool));

    /// <summary>One thing that a result was made of.</summary>
    /// <param name="database">The index.</param>
    /// <param name="key">The result.</param>
    /// <param name="input">The input's name, the place in it if it is a list, and the digest.</param>
    /// <param name="producer">The result that it was; null when the user brought it.</param>
    public static void KeepInput(RunDatabase database, StepKey key, (string Name, int Position, string Digest) input, StepKey? producer) =>
        database.Execute(
            """
            insert into lineage (stage, key, input, position, digest, from_stage, from_key) values ($stage, $key, $input, $position, $digest, $fromStage, $fromKey)
            on conflict (stage, key, input, position) do update set from_stage = $fromStage, from_key = $fromKey
            """,
            ("$stage", key.Stage), ("$key", key.Recipe.Hex), ("$input", input.Name), ("$position", input.Position), ("$digest", input.Digest),
            ("$fromStage", producer?.Stage), ("$fromKey", producer?.Recipe.Hex));
}
