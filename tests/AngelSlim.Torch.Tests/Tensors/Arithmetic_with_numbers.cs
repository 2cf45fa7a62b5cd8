using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using AngelSlim.Torch.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Tensors;

public sealed class Arithmetic_with_numbers
{
    private static readonly (Func<Tensor, Tensor> Ours, Func<Tensor, Tensor> TorchSharps)[] Operators =
    [
        (x => x.Plus(x), x => x + x),
        (x => x.Plus(1), x => x + 1),
        (x => x.Plus(1e-7), x => x + 1e-7),
        (x => x.Times(0.1), x => x * 0.1),
        (x => x.Squared(), x => x.square()),
        (x => x.Within(0, 1), x => x.clamp(0, 1)),
        (x => x.alias().AddInPlace(x), x => x.alias().add_(x)),
        (x => x.alias().AddInPlace(x, 0.05), x => x.alias().add_(x, 0.05)),
        (x => x.alias().MultiplyInPlace(0.1), x => x.alias().mul_(0.1)),
        (x => x.alias().DivideInPlace(3), x => x.alias().div_(3.0)),
    ];

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Gives_the_bits_of_TorchSharps_operators(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1ul);
        var given = randn([1000], generator: random).to(type);

        Assert.All(Operators, pair => Assert.Equal(
            pair.TorchSharps(given.clone()).bytes.ToArray(),
            pair.Ours(given.clone()).bytes.ToArray()));
    }

    [Fact]
    public void Gives_the_gradients_of_TorchSharps_operators()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1ul);
        var (one, other) = (randn([1000], generator: random).requires_grad_(), zeros(1000, requires_grad: true));
        other.detach().copy_(one.detach());

        (one.Squared().Plus(one.Times(0.1)).Plus(0.5) * one).sum().backward();
        (((other.square() + (other * 0.1)) + 0.5) * other).sum().backward();

        Assert.Equal(other.grad!.data<float>().ToArray(), one.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Leaves_whole_numbers_whole()
    {
        using var scope = NewDisposeScope();

        Assert.Equal([3L, 4, 5], Arithmetic.Integers(3, 6).data<long>().ToArray());
        Assert.Equal([(1L << 60) + 1], tensor([1L << 60]).Plus(1).data<long>().ToArray());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    public void Reads_the_only_element_of_any_type(ScalarType type)
    {
        using var scope = NewDisposeScope();

        Assert.Equal(-3, tensor(-3f).to(type).ToNumber());
    }

    /// <summary>The analyzer of banned symbols sees <c>a + b</c>, but not <c>a += b</c>.</summary>
    [Fact]
    public void Is_not_left_to_an_operator_behind_an_assignment()
    {
        var operators = OperatorsOfTensorsIn(typeof(Aten).Assembly);

        Assert.Contains(operators, used => used.Name is "op_Multiply");
        Assert.DoesNotContain(operators, used => used.Name is "op_Addition" || used.GetParameters().Any(parameter => parameter.ParameterType != typeof(Tensor)));
    }

    private static List<MethodBase> OperatorsOfTensorsIn(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        return
        [
            .. from handle in metadata.MemberReferences
               let member = metadata.GetMemberReference(handle)
               where member.Parent.Kind is HandleKind.TypeReference && metadata.GetString(member.Name).StartsWith("op_", StringComparison.Ordinal)
               let resolved = assembly.ManifestModule.ResolveMethod(MetadataTokens.GetToken(handle))
               where resolved.DeclaringType == typeof(Tensor)
               select resolved,
        ];
    }
}
