using System.Reflection;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Planning;

/// <summary>Checks that every step gets what its stage asks for.</summary>
internal static class StepTypes
{
    /// <summary>Compares settings and inputs with the types that the stages declare.</summary>
    /// <exception cref="InvalidOperationException">Something does not fit: a fault in the program.</exception>
    public static void Check(IReadOnlyList<Step> steps)
    {
        var made = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            CheckStep(step, made);
            if (!made.TryAdd(step.Id, step.Stage.Output))
            {
                throw Fault(step, "has the id of an earlier step");
            }
        }
    }

    private static void CheckStep(Step step, Dictionary<string, Type> made)
    {
        if (step.Settings.GetType() != step.Stage.Settings)
        {
            throw Fault(step, $"has settings of type {step.Settings.GetType().Name}; stage '{step.Stage.Name}' takes {step.Stage.Settings.Name}");
        }

        var parameters = step.Stage.Inputs.GetConstructors().Single().GetParameters();
        if (step.Inputs.Keys.Except(parameters.Select(parameter => parameter.Name!)).FirstOrDefault() is { } surplus)
        {
            throw Fault(step, $"is fed '{surplus}', which {step.Stage.Inputs.Name} does not take");
        }

        foreach (var parameter in parameters)
        {
            if (!step.Inputs.TryGetValue(parameter.Name!, out var input))
            {
                if (parameter.HasDefaultValue)
                {
                    continue;
                }

                throw Fault(step, $"is not fed '{parameter.Name}'");
            }

            if (!Fits(input, parameter, made))
            {
                throw Fault(step, $"is fed {input} as '{parameter.Name}', which is {parameter.ParameterType.Name}");
            }
        }
    }

    private static bool Fits(StepInput input, ParameterInfo parameter, Dictionary<string, Type> made) => input switch
    {
        Absent => new NullabilityInfoContext().Create(parameter).WriteState is NullabilityState.Nullable,
        FromMany many => SettingsShape.ItemType(parameter.ParameterType) is { } item && many.Items.All(each => Fits(each, item, made)),
        _ => Fits(input, parameter.ParameterType, made),
    };

    private static bool Fits(StepInput input, Type type, Dictionary<string, Type> made) => input switch
    {
        FromStep step => made.TryGetValue(step.StepId, out var output) && output == type,
        FromSource source => source.Source.GetType() == type && source.Source is SourceFile or TargetFolder,
        Unfetched => type == typeof(TargetFolder),
        _ => false,
    };

    private static InvalidOperationException Fault(Step step, string what) => new($"Step '{step.Id}' {what}.");
}
