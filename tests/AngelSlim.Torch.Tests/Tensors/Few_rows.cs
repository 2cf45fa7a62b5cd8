using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Tensors;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Tensors;

/// <summary>The kernels of decoding beside libtorch's. A processor without AVX-512 has only libtorch's, and the tests say so.</summary>
public sealed class Few_rows(ITestOutputHelper log)
{
    // Outputs that fill blocks of 16, that do not, and enough for several threads.
    public static TheoryData<ScalarType, int, int> Shapes => new()
    {
        { ScalarType.Float32, 64, 16 }, { ScalarType.Float32, 96, 50 }, { ScalarType.Float32, 576, 1031 },
        { ScalarType.BFloat16, 64, 16 }, { ScalarType.BFloat16, 96, 50 }, { ScalarType.BFloat16, 576, 1031 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Products_of_1_to_16_rows_are_those_of_libtorch(ScalarType type, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (weight_OI, bias_O) = (Drawn(1, type, outputs, inputs), Drawn(2, type, outputs));
        Assert.Equal(FewRows.IsSupported, FewRows.Serves(weight_OI, bias_O));
        for (var rows = 1; rows <= FewRows.Most; rows++)
        {
            var x_1NI = Drawn(rows, type, 1, rows, inputs);
            Assert.True(!Served() || FewRows.ServesRows(x_1NI, weight_OI));
            foreach (var bias in new[] { null, bias_O })
            {
                // The reference is the product of the same numbers in double precision, rounded once.
                var expected = nn.functional.linear(x_1NI.to(float64), weight_OI.to(float64), bias?.to(float64));
                Near.Assert(expected, new Projection(weight_OI, bias).Apply(x_1NI), Allowed(type is ScalarType.Float32 ? 2e-6 : 4.1e-3), $"The product of {rows} rows");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_row_has_the_same_bits_alone_and_beside_others_and_with_one_thread_or_two(ScalarType type, int inputs, int outputs)
    {
        if (!Served())
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var projection = new Projection(Drawn(1, type, outputs, inputs));
        var x_NI = Drawn(2, type, FewRows.Most, inputs);
        var alone_NO = cat([.. Enumerable.Range(0, FewRows.Most).Select(row => projection.Apply(x_NI.narrow(0, row, 1)))]);
        var threads = get_num_threads();
        try
        {
            foreach (var count in new[] { 1, 2 })
            {
                set_num_threads(count);
                for (var rows = 2; rows <= FewRows.Most; rows++)
                {
                    Assert.True(projection.Apply(x_NI.narrow(0, 0, rows)).equal(alone_NO.narrow(0, 0, rows)).all().item<bool>(), $"{rows} rows, {count} threads");
                }
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 2e-6)]
    [InlineData(ScalarType.BFloat16, 4.1e-3)]
    public void Norms_and_gates_are_those_of_libtorch(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (Drawn(1, type, 1, 5, 96).Times(4L), Drawn(3, type, 96));
        var norm = new RmsNorm(weight, 1e-6);
        var mlp = new GatedMlp(new Projection(eye(96).to(type)), new Projection(Drawn(2, type, 96, 96)), new Projection(eye(96).to(type)));
        var (byTorch, gatedByTorch) = (norm.Apply(x), mlp.Apply(x));
        using var frozen = no_grad();
        Assert.Equal(FewRows.IsSupported, FewRows.ServesNorm(x, weight));
        Near.Assert(byTorch, norm.Apply(x), Allowed(tolerance), "The norm");
        Near.Assert(gatedByTorch, mlp.Apply(x), Allowed(tolerance), "The gate");
    }

    /// <summary>Wide as Llama-70B's: no size of the numbers together decides who computes.</summary>
    [Fact]
    public void A_row_is_gated_and_normed_alike_alone_and_beside_fifteen_others()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (gate_NF, up_NF) = (Drawn(1, ScalarType.Float32, FewRows.Most, 28_672), Drawn(2, ScalarType.Float32, FewRows.Most, 28_672));
        var norm = new RmsNorm(Drawn(3, ScalarType.Float32, 28_672), 1e-6);
        Assert.Equal(FewRows.IsSupported, FewRows.ServesGate(gate_NF, up_NF) && FewRows.ServesNorm(gate_NF, Drawn(3, ScalarType.Float32, 28_672)));
        if (Served())
        {
            Assert.True(FewRows.Gated(gate_NF, up_NF)[..1].equal(FewRows.Gated(gate_NF[..1], up_NF[..1])).all().item<bool>());
            Assert.True(norm.Apply(gate_NF)[..1].equal(norm.Apply(gate_NF[..1])).all().item<bool>());
        }
    }

    [Fact]
    public void Roundings_to_bfloat16_are_those_of_libtorch()
    {
        if (!Served())
        {
            return;
        }

        // Ties to both sides, the largest numbers, those below the normal ones, infinities and no number.
        float[] hard =
        [
            1.00390625f, 1.01171875f, -1.00390625f, -1.01171875f, 1.0039063f, float.MaxValue, float.MinValue, float.Epsilon,
            1e-40f, -0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 3.3895314e38f, 3.3961775e38f, 0.1f,
        ];
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var bias_O = tensor(hard);
        var bfloat16_O = bias_O.to(ScalarType.BFloat16);

        // 0·w + bias in float32 is the bias; the kernel then rounds it. A bfloat16 bias is exact already, so the numbers come as a product by 1.
        var halves_OI = cat([bfloat16_O.unsqueeze(1), (bias_O - bfloat16_O.to(float32)).nan_to_num(0, 0, 0).to(ScalarType.BFloat16).unsqueeze(1), zeros(hard.Length, 30, ScalarType.BFloat16)], 1);
        var x_1I = cat([ones(1, 2, ScalarType.BFloat16), zeros(1, 30, ScalarType.BFloat16)], 1);
        var expected_1O = (halves_OI[.., 0].to(float32) + halves_OI[.., 1].to(float32)).to(ScalarType.BFloat16).unsqueeze(0);
        var made_1O = FewRows.Product(x_1I, halves_OI, bias_O: null);

        Assert.Equal(expected_1O.to(float32).data<float>().ToArray(), made_1O.to(float32).data<float>().ToArray());
    }

    [Fact]
    public void What_is_not_served_is_left_to_libtorch()
    {
        using var scope = NewDisposeScope();
        var (weight_OI, x_NI) = (Drawn(1, ScalarType.Float32, 32, 64), Drawn(2, ScalarType.Float32, 3, 64));
        Assert.False(FewRows.ServesRows(x_NI, weight_OI), "Gradients would be lost.");
        using var frozen = no_grad();
        Assert.False(FewRows.Serves(Drawn(1, ScalarType.Float32, 32, 40), bias_O: null), "40 inputs are no pieces of 32.");
        Assert.False(FewRows.Serves(Drawn(1, ScalarType.Float32, 8, 64), bias_O: null), "8 outputs fill no block.");
        Assert.False(FewRows.Serves(Drawn(1, ScalarType.Float32, 64, 32).t(), bias_O: null), "The weights of an output do not lie together.");
        Assert.False(FewRows.Serves(weight_OI.to(float64), bias_O: null), "Doubles are not read.");
        Assert.False(FewRows.ServesRows(Drawn(2, ScalarType.Float32, 17, 64), weight_OI), "17 rows are many.");
        Assert.False(FewRows.ServesRows(Drawn(2, ScalarType.Float32, 0, 64), weight_OI), "No rows have no memory.");
        Assert.False(FewRows.ServesRows(x_NI.to(ScalarType.BFloat16), weight_OI), "The types differ.");
        Assert.False(FewRows.ServesRows(Drawn(2, ScalarType.Float32, 64, 3).t(), weight_OI), "The numbers of a row do not lie together.");
        Assert.False(FewRows.ServesRows(Drawn(2, ScalarType.Float32, 1, 128), weight_OI), "A row is not two rows.");
        Assert.False(FewRows.ServesRows(Drawn(2, ScalarType.Float32, 2, 32), weight_OI), "Two rows are not one.");
        Assert.False(FewRows.ServesNorm(x_NI, ones(1)) || FewRows.ServesNorm(x_NI, ones(32)) || FewRows.ServesNorm(x_NI, ones(128)), "A weight is as wide as the row.");
        Assert.False(FewRows.ServesGate(x_NI, x_NI.narrow(0, 0, 1)) || FewRows.ServesGate(x_NI, Drawn(2, ScalarType.Float32, 3, 32)), "Nothing is broadcast.");
        Assert.ThrowsAny<Exception>(() => new Projection(weight_OI).Apply(Drawn(2, ScalarType.Float32, 1, 128)));
        Near.Assert(nn.functional.linear(x_NI, weight_OI), new Projection(weight_OI).Apply(Drawn(2, ScalarType.Float32, 3, 64)), 2e-6, "The product");
    }

    /// <summary>libtorch's bfloat16 products sum in bfloat16 here and there.</summary>
    private static double Allowed(double tolerance) => FewRows.IsSupported ? tolerance : 2.5 * tolerance;

    private static Tensor Drawn(int seed, ScalarType type, params long[] shape)
    {
        using var random = new Generator((ulong)seed);
        return randn(shape, generator: random).to(type);
    }

    private bool Served()
    {
        if (!FewRows.IsSupported)
        {
            log.WriteLine("Skipped: this processor has no AVX-512.");
        }

        return FewRows.IsSupported;
    }
}
