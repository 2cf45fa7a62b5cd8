using Cocona.Application;
using Cocona.Builder;
using Cocona.Command;
using Cocona.Command.Binder;
using Cocona.Command.Binder.Validation;
using Cocona.Command.BuiltIn;
using Cocona.Command.Dispatcher;
using Cocona.Command.Dispatcher.Middlewares;
using Cocona.CommandLine;
using Cocona.Help;
using Cocona.Localization.Internal;

namespace AngelSlim.Cli.Commands;

/// <summary>The parts of Cocona's core that parse and show help, put together without a host.</summary>
/// <remarks>
/// Cocona's own composition starts a generic host - configuration files, logging, dependency injection - which takes three
/// times as long as all that a finished run has to do, and reads the user's <c>appsettings.json</c> (record 0100).
/// </remarks>
internal sealed class ParserServices : IServiceProvider, ICoconaInstanceActivator, ICoconaServiceProviderIsService, ICoconaServiceProviderScopeSupport
{
    private static readonly Dictionary<Type, Type> Parts = new()
    {
        [typeof(ICoconaEnvironmentProvider)] = typeof(DefaultCoconaEnvironmentProvider),
        [typeof(ICoconaCommandDispatcherPipelineBuilder)] = typeof(CoconaCommandDispatcherPipelineBuilder),
        [typeof(ICoconaAppContextAccessor)] = typeof(CoconaAppContextAccessor),
        [typeof(ICoconaConsoleProvider)] = typeof(CoconaConsoleProvider),
        [typeof(ICoconaParameterValidatorProvider)] = typeof(DataAnnotationsParameterValidatorProvider),
        [typeof(ICoconaBootstrapper)] = typeof(CoconaBootstrapper),
        [typeof(ICoconaParameterBinder)] = typeof(CoconaParameterBinder),
        [typeof(ICoconaValueConverter)] = typeof(CoconaValueConverter),
        [typeof(ICoconaCommandLineParser)] = typeof(CoconaCommandLineParser),
        [typeof(ICoconaCommandDispatcher)] = typeof(CoconaCommandDispatcher),
        [typeof(ICoconaCommandMatcher)] = typeof(CoconaCommandMatcher),
        [typeof(ICoconaCommandResolver)] = typeof(CoconaCommandResolver),
        [typeof(ICoconaHelpRenderer)] = typeof(CoconaHelpRenderer),
        [typeof(ICoconaCommandHelpProvider)] = typeof(CoconaCommandHelpProvider),
        [typeof(ICoconaHelpMessageBuilder)] = typeof(CoconaHelpMessageBuilder),
        [typeof(CoconaLocalizerWrapper)] = typeof(CoconaLocalizerWrapper),
    };

    private readonly Dictionary<Type, object> _made = [];

    /// <summary>With what the program itself brings.</summary>
    /// <param name="arguments">Of the command line.</param>
    /// <param name="verbs">Adds the verbs and what filters them.</param>
    /// <param name="own">Further services, each by its type.</param>
    public ParserServices(string[] arguments, Action<ICoconaCommandsBuilder> verbs, params (Type Type, object Service)[] own)
    {
        foreach (var type in new[] { typeof(IServiceProvider), typeof(ICoconaInstanceActivator), typeof(ICoconaServiceProviderIsService), typeof(ICoconaServiceProviderScopeSupport) })
        {
            _made[type] = this;
        }

        foreach (var (type, service) in own)
        {
            _made[type] = service;
        }

        var builder = new CoconaCommandsBuilder();
        verbs(builder);
        _made[typeof(ICoconaCommandLineArgumentProvider)] = new CoconaCommandLineArgumentProvider(arguments);
        _made[typeof(ICoconaCommandProvider)] = new CoconaBuiltInCommandProvider(
            new CoconaCommandProvider(
                builder.Build(),
                CommandProviderOptions.TreatPublicMethodAsCommands | CommandProviderOptions.OptionNameToLowerCase | CommandProviderOptions.CommandNameToLowerCase | CommandProviderOptions.ArgumentNameToLowerCase,
                this),
            enableShellCompletionSupport: false);
    }

    /// <summary>Parses, and runs the method that was chosen.</summary>
    /// <returns>Cocona's exit code.</returns>
    public async Task<int> RunAsync()
    {
        Get<ICoconaCommandDispatcherPipelineBuilder>()
            .UseMiddleware<HandleExceptionAndExitMiddleware>()
            .UseMiddleware<HandleParameterBindExceptionMiddleware>()
            .UseMiddleware<RejectUnknownOptionsMiddleware>()
            .UseMiddleware<CommandFilterMiddleware>()
            .UseMiddleware<CoconaCommandInvokeMiddleware>();
        var parser = Get<ICoconaBootstrapper>();
        parser.Initialize();
        return await parser.RunAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType) =>
        _made.TryGetValue(serviceType, out var made) ? made
        : Parts.TryGetValue(serviceType, out var part) ? _made[serviceType] = CreateInstance(this, part, [])
        : null;

    /// <inheritdoc/>
    public bool IsService(Type t) => _made.ContainsKey(t) || Parts.ContainsKey(t);

    /// <inheritdoc/>
    public object GetServiceOrCreateInstance(IServiceProvider serviceProvider, Type instanceType) =>
        GetService(instanceType) ?? CreateInstance(serviceProvider, instanceType, []);

    /// <summary>By the only public constructor; what is not given is a service.</summary>
    public object CreateInstance(IServiceProvider serviceProvider, Type instanceType, object[]? parameters)
    {
        var constructor = instanceType.GetConstructors().Single();
        return constructor.Invoke([.. constructor.GetParameters().Select(asked =>
            parameters?.FirstOrDefault(asked.ParameterType.IsInstanceOfType)
            ?? GetService(asked.ParameterType)
            ?? throw new InvalidOperationException($"{instanceType.Name} asks for {asked.ParameterType.Name}, which there is not."))]);
    }

    /// <inheritdoc/>
    public (IDisposable Scope, IServiceProvider ScopedServiceProvider) CreateScope(IServiceProvider serviceProvider) => (new Nothing(), this);

    /// <inheritdoc/>
    public (IAsyncDisposable Scope, IServiceProvider ScopedServiceProvider) CreateAsyncScope(IServiceProvider serviceProvider) => (new Nothing(), this);

    private T Get<T>() => (T)GetService(typeof(T))!;

    /// <summary>One parse per process needs no scopes.</summary>
    private sealed class Nothing : IDisposable, IAsyncDisposable
    {
        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
