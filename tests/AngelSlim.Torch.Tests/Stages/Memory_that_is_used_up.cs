using System.Runtime.InteropServices;
using AngelSlim.Core.Running;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Stages;

public sealed class Memory_that_is_used_up
{
    [Fact]
    public void Is_known_by_the_words_of_libtorch()
    {
        var refused = Assert.ThrowsAny<ExternalException>(() => zeros(1L << 50));
        Assert.True(OutOfMemory.Caused(refused), refused.Message);
    }

    [Fact]
    public void Is_told_from_shapes_that_do_not_fit()
    {
        using var matrix = zeros(2, 3);
        Assert.False(OutOfMemory.Caused(Assert.ThrowsAny<ExternalException>(() => matrix.mm(matrix))));
    }
}
