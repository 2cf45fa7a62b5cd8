using AngelSlim.Torch.Targets;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>
/// OLMo 2 in loops over doubles: <c>x + norm(attention(x))</c>, <c>x + norm(mlp(x))</c>; queries and keys are normed as
/// whole rows, then turned head by head, halves and not neighbours. For texts of a few tokens.
/// </summary>
internal sealed class Olmo2ByHand(TargetConfig config, IReadOnlyDictionary<string, Tensor> weights)
{
    private readonly int _channels = config.Heads.Channels;

    /// <summary>The stream behind each layer, token by token.</summary>
    public List<double[,]> Run(long[] ids)
    {
        var stream = ids.Select(id => Row(Numbers("model.embed_tokens.weight"), (int)id, config.Width)).ToArray();
        var behind = new List<double[,]>();
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"model.layers.{layer}";
            stream = Added(stream, Attention(stream, $"{name}.self_attn").Select(row => Norm(row, $"{name}.post_attention_layernorm")));
            stream = Added(stream, stream.Select(row => Norm(Mlp(row, $"{name}.mlp"), $"{name}.post_feedforward_layernorm")));
            behind.Add(Table(stream));
        }

        return behind;
    }

    private double[][] Attention(double[][] stream, string name)
    {
        var queries = stream.Select((row, at) => Turned(Norm(Product(row, $"{name}.q_proj"), $"{name}.q_norm"), at)).ToArray();
        var keys = stream.Select((row, at) => Turned(Norm(Product(row, $"{name}.k_proj"), $"{name}.k_norm"), at)).ToArray();
        var values = stream.Select(row => Product(row, $"{name}.v_proj")).ToArray();
        return [.. queries.Select((query, at) => Product(
            [.. Enumerable.Range(0, config.Heads.Heads).SelectMany(head => Seen(query, head, keys[..(at + 1)], values))], $"{name}.o_proj"))];
    }

    private double[] Seen(double[] query, int head, double[][] keys, double[][] values)
    {
        var shared = head / (config.Heads.Heads / config.Heads.KeyHeads) * _channels;
        var scores = keys.Select(key => Math.Exp(Enumerable.Range(0, _channels).Sum(c => query[(head * _channels) + c] * key[shared + c]) / Math.Sqrt(_channels))).ToArray();
        return [.. Enumerable.Range(0, _channels).Select(c => scores.Select((score, at) => score * values[at][shared + c]).Sum() / scores.Sum())];
    }

    private double[] Turned(double[] row, int position)
    {
        var half = _channels / 2;
        var turned = new double[row.Length];
        for (var i = 0; i < row.Length; i++)
        {
            var (start, c) = (i / _channels * _channels, i % _channels);
            var angle = position * Math.Pow(10000, -2.0 * (c % half) / _channels);
            turned[i] = (row[i] * Math.Cos(angle)) + ((c < half ? -row[start + c + half] : row[start + c - half]) * Math.Sin(angle));
        }

        return turned;
    }

    private double[] Mlp(double[] row, string name)
    {
        var (gate, up) = (Product(row, $"{name}.gate_proj"), Product(row, $"{name}.up_proj"));
        return Product([.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)], $"{name}.down_proj");
    }

    private double[] Norm(double[] row, string name)
    {
        var scale = 1 / Math.Sqrt((row.Sum(x => x * x) / row.Length) + 1e-5);
        return [.. row.Zip(Numbers($"{name}.weight"), (x, weight) => x * scale * weight)];
    }

    private double[] Product(double[] row, string name)
    {
        var matrix = Numbers($"{name}.weight");
        return [.. Enumerable.Range(0, matrix.Length / row.Length).Select(o => Enumerable.Range(0, row.Length).Sum(i => matrix[(o * row.Length) + i] * row[i]))];
    }

    private double[] Numbers(string name) => [.. weights[name].flatten().data<float>().Select(number => (double)number)];

    private static double[] Row(double[] table, int row, int width) => table[(row * width)..((row + 1) * width)];

    private static double[][] Added(double[][] stream, IEnumerable<double[]> part) => [.. stream.Zip(part, (row, added) => row.Zip(added, (x, y) => x + y).ToArray())];

    private static double[,] Table(double[][] rows)
    {
        var table = new double[rows.Length, rows[0].Length];
        for (var i = 0; i < table.Length; i++)
        {
            table[i / rows[0].Length, i % rows[0].Length] = rows[i / rows[0].Length][i % rows[0].Length];
        }

        return table;
    }
}
