using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>The rows that are to be answered: those that are held out first, as they come into the result. One is in memory at a time.</summary>
/// <param name="inputs">Where they are.</param>
/// <param name="onBadRow">What becomes of a row that asks nothing.</param>
internal sealed class AskedRows(RegenerateInputs inputs, OnBadRow onBadRow)
{
    /// <summary>All files, and whether each is held out.</summary>
    public IReadOnlyList<(SourceFile File, bool IsHeldout)> Files { get; } = [.. inputs.Heldout.Select(file => (file, true)), .. inputs.Train.Select(file => (file, false))];

    /// <summary>Goes through all of them.</summary>
    /// <param name="leftOut">Takes what is wrong with a row that is left out.</param>
    /// <exception cref="DataException">A row asks nothing, and such rows are not to be left out; or a file is not there.</exception>
    public IEnumerable<AskedRow> Read(Action<Problem> leftOut)
    {
        var like = new Dictionary<UInt128, int>();
        int Occurrence(UInt128 digest) => like[digest] = like.GetValueOrDefault(digest, -1) + 1;
        foreach (var (file, isHeldout) in Files)
        {
            foreach (var line in JsonLines.Read(file.Path))
            {
                if (Find(() => AskedRow.Of(ConversationReader.Read(line), isHeldout, Occurrence), leftOut) is { } row)
                {
                    yield return row;
                }
            }
        }
    }

    /// <summary>What is done with a row, unless the row is bad and is to be left out.</summary>
    public T? Find<T>(Func<T> use, Action<Problem> leftOut)
        where T : class
    {
        try
        {
            return use();
        }
        catch (DataException failure) when (failure.Problem.Code is ProblemCode.BadRow && onBadRow is OnBadRow.Skip)
        {
            leftOut(failure.Problem);
            return null;
        }
    }
}
