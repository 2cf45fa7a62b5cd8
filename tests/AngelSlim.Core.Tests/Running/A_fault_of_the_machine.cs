using System.Runtime.InteropServices;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

/// <summary>What the machine refuses is no bug of the tool: it has a code, a place, and something to do.</summary>
public sealed class A_fault_of_the_machine : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(3, ProblemCode.FileSystem)]
    [InlineData(10 | (19 << 8), ProblemCode.DiskFull)]
    [InlineData(5, ProblemCode.StoreBusy)]
    [InlineData(7, ProblemCode.OutOfMemory)]
    [InlineData(8, ProblemCode.FileSystem)]
    [InlineData(10, ProblemCode.FileSystem)]
    [InlineData(11, ProblemCode.StoreCorrupt)]
    [InlineData(13, ProblemCode.DiskFull)]
    [InlineData(14, ProblemCode.FileSystem)]
    [InlineData(1, null)]
    [InlineData(19, null)]
    public void In_the_index_is_told_from_a_wrong_statement(int error, string? code) =>
        Assert.Equal(code, IndexFault.Of("/store/runs.db", new SqliteException("said", error & 0xff, error))?.Problem.Code);

    [Fact]
    [Provokes(ProblemCode.FileSystem)]
    public void That_lets_no_index_be_opened_names_it_and_what_to_do()
    {
        Directory.CreateDirectory(_folder.At("runs.db"));
        var refused = Assert.Throws<DataException>(() => RunDatabase.Open(_folder.Path));
        Assert.Equal((ProblemCode.FileSystem, _folder.At("runs.db")), (refused.Problem.Code, refused.Problem.Place!.Value.File));
        Assert.Contains("take another store with --store", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_middle_of_a_run_names_the_index()
    {
        using var database = RunDatabase.Open(_folder.Path);
        database.Execute("pragma query_only = on");
        var refused = Assert.Throws<DataException>(() => database.Execute("delete from runs"));
        Assert.Equal((ProblemCode.FileSystem, _folder.At("runs.db")), (refused.Problem.Code, refused.Problem.Place!.Value.File));
    }

    [Fact]
    public void Is_not_blamed_for_a_wrong_statement()
    {
        using var database = RunDatabase.Open(_folder.Path);
        Assert.Throws<SqliteException>(() => database.Scalar("select nothing from nowhere"));
    }

    [Fact]
    [Provokes(ProblemCode.OutOfMemory)]
    public void That_leaves_libtorch_no_memory_says_what_needs_less()
    {
        var refused = Assert.Throws<DataException>(() => Run(new LibtorchFailure(
            "[enforce fail at alloc_cpu.cpp:119] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 1000000000000 bytes. Error code 12 (Cannot allocate memory)\nframe #0: c10")));
        Assert.Equal(ProblemCode.OutOfMemory, refused.Problem.Code);
        Assert.Contains("1000000000000 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Contains("data.maxTokens", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_blamed_for_other_faults_in_libtorch() =>
        Assert.IsType<LibtorchFailure>(Assert.Throws<StageFault>(() => Run(new LibtorchFailure("mat1 and mat2 shapes cannot be multiplied"))).InnerException);

    public void Dispose() => _folder.Dispose();

    private void Run(Exception failure)
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(new Step("a", new FailingStage(failure), new CountSettings(), new Dictionary<string, StepInput>()));
    }

    /// <summary>As TorchSharp throws: this type, and a message of C++.</summary>
    private sealed class LibtorchFailure(string message) : ExternalException(message);

    private sealed record NoInputs;

    private sealed class FailingStage(Exception failure) : Stage<CountSettings, NoInputs, ToyText>("failing", version: 1)
    {
        protected override void Run(CountSettings settings, NoInputs inputs, StageContext context) => throw failure;
    }
}
