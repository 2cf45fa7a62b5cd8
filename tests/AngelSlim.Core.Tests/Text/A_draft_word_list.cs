using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_draft_word_list
{
    public static TheoryData<string> Folders() => [.. Golden.Cases("eagle3", having: "meta.json").Where(folder => Path.GetFileName(folder) is "vocabulary")];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Has_the_most_frequent_words_as_the_reference_with_ties_by_id(string folder)
    {
        var tensors = new WholeNumbers(Path.Combine(folder, "io.safetensors"));
        var judged = 0;
        foreach (var name in tensors.Names.Where(name => name.EndsWith(".by-id.d2t", StringComparison.Ordinal)).Select(name => name[..^".by-id.d2t".Length]))
        {
            var expected = tensors[name + ".by-id.d2t"];
            var known = tensors[name + ".by-id.t2d"];
            var counts = new long[known.Length];
            foreach (var (token, count) in tensors[name + ".tokens"].Zip(tensors[name + ".counts"]))
            {
                counts[token] = count;
            }

            var list = DraftWordList.MostFrequent(counts, expected.Length);
            Assert.Equal(expected.Select((offset, index) => (int)offset + index), list.Words);
            Assert.Equal(known.Index().Where(word => word.Item is 1).Select(word => word.Index), list.Words);
            judged++;
        }

        Assert.True(judged > 0);
    }

    [Fact]
    public void Knows_how_much_it_covers()
    {
        var list = DraftWordList.MostFrequent([1, 5, 0, 4], size: 2);

        Assert.Equal([1, 3], list.Words);
        Assert.Equal(0.9, list.Coverage, 12);
        Assert.Equal([0, 1, 2, 3], DraftWordList.MostFrequent([1, 5, 0, 4], size: 9).Words);
    }

    [Theory]
    [InlineData("{\"words\": [], \"coverage\": 1, \"targetVocabulary\": 9}")]
    [InlineData("{\"words\": [2, 2], \"coverage\": 1, \"targetVocabulary\": 9}")]
    [InlineData("{\"words\": [-1, 2], \"coverage\": 1, \"targetVocabulary\": 9}")]
    [InlineData("{\"words\": [1, 9], \"coverage\": 1, \"targetVocabulary\": 9}")]
    [InlineData("{\"words\": [1], \"coverage\": 2, \"targetVocabulary\": 9}")]
    [InlineData("{\"words\": null, \"coverage\": 1, \"targetVocabulary\": 9}")]
    [InlineData("{")]
    public void Is_refused_when_it_is_none(string json)
    {
        var path = Rows.File(json);

        Assert.Equal(ProblemCode.StoreCorrupt, Assert.Throws<DataException>(() => DraftWordList.Read(path)).Problem.Code);
    }

    /// <summary>The I64 and BOOL tensors of a safetensors file.</summary>
    private sealed class WholeNumbers
    {
        private readonly byte[] _file;
        private readonly JsonElement _header;
        private readonly int _data;

        public WholeNumbers(string path)
        {
            _file = File.ReadAllBytes(path);
            _data = 8 + (int)BitConverter.ToInt64(_file);
            _header = JsonDocument.Parse(_file.AsMemory(8, _data - 8)).RootElement;
        }

        public IEnumerable<string> Names => _header.EnumerateObject().Select(tensor => tensor.Name);

        public long[] this[string name]
        {
            get
            {
                var tensor = _header.GetProperty(name);
                var (from, to) = (tensor.GetProperty("data_offsets")[0].GetInt32(), tensor.GetProperty("data_offsets")[1].GetInt32());
                return tensor.GetProperty("dtype").GetString() is "BOOL"
                    ? [.. _file[(_data + from)..(_data + to)]]
                    : [.. Enumerable.Range(0, (to - from) / 8).Select(index => BitConverter.ToInt64(_file, _data + from + (index * 8)))];
            }
        }
    }
}
