using System.Globalization;
using System.Runtime.CompilerServices;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;

namespace AngelSlim.Toy;

/// <summary>A text in a file.</summary>
public sealed record ToyText(string Folder) : Artifact(Folder)
{
    public string Text => At("text");
}

/// <summary>What <c>write</c> writes.</summary>
public sealed record WriteSettings
{
    public string Word { get; init; } = "word";

    public int Lines { get; init; } = 3;

    /// <summary>Between two lines.</summary>
    [Incidental]
    public int Milliseconds { get; init; }

    /// <summary>Every line that is written is noted here, so that a test sees whether it was written twice.</summary>
    [Incidental]
    public string? Trace { get; init; }
}

public sealed record WriteInputs(SourceFile? Source);

/// <summary>Lines of one word, one journal item each.</summary>
public sealed class WriteStage() : Stage<WriteSettings, WriteInputs, ToyText>("write", version: 1)
{
    protected override void Run(WriteSettings settings, WriteInputs inputs, StageContext context)
    {
        using var file = new FileStream(Path.Combine(context.Output, "text"), FileMode.OpenOrCreate);
        var done = context.Journal.Items.Count;
        file.SetLength(done is 0 ? 0 : long.Parse(context.Journal.Items[^1], CultureInfo.InvariantCulture));
        file.Seek(0, SeekOrigin.End);
        for (; done < settings.Lines; done++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            file.Write(System.Text.Encoding.UTF8.GetBytes($"{settings.Word} {done}\n"));
            file.Flush(flushToDisk: true);
            context.Journal.Add(file.Length.ToString(CultureInfo.InvariantCulture));
            if (settings.Trace is { } trace)
            {
                File.AppendAllText(trace, $"{done}\n");
            }

            context.Report(new Progressed(done + 1, settings.Lines, "lines"));
            Thread.Sleep(settings.Milliseconds);
        }
    }
}

public sealed record JoinSettings
{
    public string Separator { get; init; } = "-\n";
}

public sealed record JoinInputs(IReadOnlyList<ToyText> Parts, ToyText? Head);

/// <summary>Several texts in one.</summary>
public sealed class JoinStage() : Stage<JoinSettings, JoinInputs, ToyText>("join", version: 1)
{
    protected override void Run(JoinSettings settings, JoinInputs inputs, StageContext context)
    {
        var head = inputs.Head is null ? "" : File.ReadAllText(inputs.Head.Text);
        File.WriteAllText(Path.Combine(context.Output, "text"), head + string.Join(settings.Separator, inputs.Parts.Select(part => File.ReadAllText(part.Text))));
    }
}

public sealed record CountSettings;

public sealed record CountInputs(ToyText Text);

/// <summary>How many lines a text has: other texts of as many lines give equal bytes.</summary>
public sealed class CountStage() : Stage<CountSettings, CountInputs, ToyText>("count", version: 1)
{
    protected override void Run(CountSettings settings, CountInputs inputs, StageContext context)
    {
        var lines = File.ReadAllLines(inputs.Text.Text).Length;
        context.Report(new Measured("lines", lines));
        File.WriteAllText(Path.Combine(context.Output, "text"), lines.ToString(CultureInfo.InvariantCulture));
    }
}

public sealed record ActSettings
{
    public required string Name { get; init; }
}

public sealed record ActInputs(IReadOnlyList<ToyText> Parts);

/// <summary>Does what a test wants, and then writes its name and what it read; what the test wants is in no key.</summary>
public sealed class ActStage(Action<StageContext> act) : Stage<ActSettings, ActInputs, ToyText>("act", version: 1)
{
    public Needs Needs { get; init; } = new();

    public string? On { get; init; }

    public override string? Device => On;

    protected override Needs NeedsOf(ActSettings settings, ActInputs inputs) => Needs;

    // A test looks for its name in a stack trace, and a runtime that has called it often leaves it out.
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected override void Run(ActSettings settings, ActInputs inputs, StageContext context)
    {
        File.WriteAllText(Path.Combine(context.Output, "text"), settings.Name + string.Concat(inputs.Parts.Select(part => File.ReadAllText(part.Text))));
        act(context);
    }
}
