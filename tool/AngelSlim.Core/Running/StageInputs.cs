using System.Collections;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;

namespace AngelSlim.Core.Running;

/// <summary>Makes the record that a stage reads, by its constructor, from the results of earlier steps and from sources.</summary>
internal static class StageInputs
{
    /// <summary>An instance of <see cref="Stages.IStage.Inputs"/>.</summary>
    public static object Bind(Step step, IReadOnlyDictionary<string, StoredArtifact> made)
    {
        var constructor = step.Stage.Inputs.GetConstructors().Single();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => step.Inputs.TryGetValue(parameter.Name!, out var input) ? Bind(input, parameter.ParameterType, made) : parameter.DefaultValue)]);
    }

    private static object? Bind(StepInput input, Type wanted, IReadOnlyDictionary<string, StoredArtifact> made) => input switch
    {
        FromStep from => Activator.CreateInstance(wanted, made[from.StepId].Folder),
        FromSource from => from.Source,
        FromMany many => BindAll(many, wanted.GetGenericArguments().Single(), made),
        _ => null,
    };

    private static IList BindAll(FromMany many, Type wanted, IReadOnlyDictionary<string, StoredArtifact> made)
    {
        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(wanted))!;
        foreach (var item in many.Items)
        {
            items.Add(Bind(item, wanted, made));
        }

        return items;
    }
}
