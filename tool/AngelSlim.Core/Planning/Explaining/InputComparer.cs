using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Planning.Explaining;

/// <summary>Compares what a step reads with what an earlier one read.</summary>
internal sealed class InputComparer(IHistory index)
{
    /// <summary>The differences of all inputs.</summary>
    /// <param name="step">The step now.</param>
    /// <param name="recipe">Its recipe as far as it is known.</param>
    /// <param name="earlier">The earlier recipe.</param>
    public IEnumerable<Difference> Differences(PlannedStep step, Recipe recipe, string earlier)
    {
        var (now, was) = (RecipeInputs.Of(recipe.Text), RecipeInputs.Of(earlier));
        foreach (var (parameter, input) in step.Step.Inputs)
        {
            var name = Recipe.InputName(parameter);
            var items = input.Leaves.Where(leaf => leaf is not (Absent or Unfetched)).Zip(now[name]).ToList();
            foreach (var difference in Of(name, items, [.. was[name]], step.Sources))
            {
                yield return difference;
            }
        }
    }

    private IEnumerable<Difference> Of(string input, List<(StepInput Item, string Digest)> now, List<string> was, IReadOnlyDictionary<Artifact, SourceContent> contents)
    {
        if (now.Select(item => item.Digest).SequenceEqual(was))
        {
            yield break;
        }

        // What is in both lists has not changed; a list of equal length keeps its places, so that its items are paired.
        var (left, gone) = now.Count == was.Count && now.All(item => item.Item is FromStep)
            ? Unpaired(now, was)
            : (now.Where(item => !was.Contains(item.Digest)).ToList(), was.Where(digest => now.All(item => item.Digest != digest)).ToList());
        if (left.Count + gone.Count is 0)
        {
            yield return new(DifferenceKind.File, input, null, null) { Name = "the order of the list" };
        }

        var arePaired = left.Count == gone.Count;
        foreach (var (item, digest) in left)
        {
            var before = item is FromSource from ? Namesake(from.Source, gone, left.Count) : arePaired ? gone[0] : null;
            gone.Remove(before ?? "");
            foreach (var difference in item is FromSource source ? Files(input, source.Source, before, contents[source.Source]) : [StepDifference(input, ((FromStep)item).StepId, before, digest)])
            {
                yield return difference;
            }
        }

        foreach (var digest in gone)
        {
            yield return new(DifferenceKind.File, input, digest, null) { Name = index.FilesOf(digest) is [var file, ..] ? Path.GetFileName(file.Source) : null };
        }
    }

    private static (List<(StepInput Item, string Digest)> Left, List<string> Gone) Unpaired(List<(StepInput Item, string Digest)> now, List<string> was)
    {
        var pairs = now.Zip(was).Where(pair => pair.First.Digest != pair.Second).ToList();
        return ([.. pairs.Select(pair => pair.First)], [.. pairs.Select(pair => pair.Second)]);
    }

    /// <summary>What the same place held before; where the index does not know, the one thing that is left for the one thing that is new.</summary>
    private string? Namesake(Artifact source, List<string> gone, int unexplained) =>
        gone.FirstOrDefault(digest => index.FilesOf(digest) is [var known, ..] && known.Source == source.Location)
            ?? (unexplained is 1 && gone.Count is 1 ? gone[0] : null);

    private static Difference StepDifference(string input, string step, string? was, string now)
    {
        var isOpen = !Digest.IsDigest(now);
        return new(DifferenceKind.Step, input, was, isOpen ? null : now) { Name = step, IsOpen = isOpen };
    }

    private IEnumerable<Difference> Files(string input, Artifact source, string? was, SourceContent now)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(source.Location));
        var before = was is null || source is SourceFile ? [] : index.FilesOf(was).ToDictionary(past => past.Name, past => past.Sha256);
        if (before.Count is 0)
        {
            return [new(DifferenceKind.File, input, was, now.Digest.Hex) { Name = name }];
        }

        var files = now.Files.ToDictionary(each => Path.GetFileName(each.Key), each => each.Value.Digest.Hex);
        return from inner in before.Keys.Union(files.Keys).Order(StringComparer.Ordinal)
               where before.GetValueOrDefault(inner) != files.GetValueOrDefault(inner)
               select new Difference(DifferenceKind.File, input, before.GetValueOrDefault(inner), files.GetValueOrDefault(inner)) { Name = $"{name}/{inner}" };
    }
}
