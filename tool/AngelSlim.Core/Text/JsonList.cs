using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>Cuts a file that is one JSON list into its items, without reading more than one of them at a time. What an item is shows when it is parsed.</summary>
internal static class JsonList
{
    private const int ReadSize = 1 << 16;

    /// <summary>The first byte that is no white space opens a list.</summary>
    public static bool IsOne(string path) => Bytes(path).SkipWhile(IsSpaceOrMark).FirstOrDefault() is (byte)'[';

    /// <summary>The items. What is wrong with the list itself is a row that cannot be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">Bytes that an item may have.</param>
    public static IEnumerable<JsonLine> Read(string path, int longest)
    {
        var cut = new Cutter(longest);
        foreach (var value in Bytes(path).SkipWhile(IsMark))
        {
            if (cut.Take(value) is { } end)
            {
                if (!cut.IsNothing(end))
                {
                    yield return new JsonLine(cut.Place(path), cut.Content) { Fault = cut.Fault };
                }

                cut.Begin();
            }
        }

        if (!cut.IsClosed)
        {
            yield return new JsonLine(cut.Place(path), null) { Fault = "the list is not closed: the file ends before its ']'" };
        }
    }

    private static IEnumerable<byte> Bytes(string path)
    {
        using var file = File.OpenRead(path);
        var chunk = new byte[ReadSize];
        for (var read = file.Read(chunk); read > 0; read = file.Read(chunk))
        {
            for (var i = 0; i < read; i++)
            {
                yield return chunk[i];
            }
        }
    }

    private static bool IsMark(byte value) => value is 0xEF or 0xBB or 0xBF;

    private static bool IsSpaceOrMark(byte value) => IsMark(value) || value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    /// <summary>Follows brackets and texts as far as it takes to find the end of an item.</summary>
    private sealed class Cutter(int longest)
    {
        private readonly GrowingLine _item = new(longest);
        private readonly byte[] _one = new byte[1];
        private (int Line, int Column) _at = (1, 0);
        private (int Line, int Column) _from = (1, 1);
        private int _items;
        private int _depth;
        private bool _inText;
        private bool _isEscaped;

        /// <summary>The list's end was seen.</summary>
        public bool IsClosed { get; private set; }

        /// <summary>Bytes of the item; null when there are too many, or none that belong there.</summary>
        public ReadOnlyMemory<byte>? Content => _item.IsBlank || IsBehind ? null : _item.Content(isFirst: false);

        /// <summary>Why it has none.</summary>
        public string Fault => IsBehind ? "there is more behind the list's ']'" : _item.IsBlank ? "there is nothing between two commas of the list" : "longer than allowed";

        private bool IsBehind { get; set; }

        /// <summary>Where the item begins.</summary>
        public TextPlace Place(string path) => new(path, _from.Line, _from.Column);

        /// <summary>The white space of an empty list.</summary>
        public bool IsNothing(byte end) => end is (byte)']' && _item.IsBlank && _items is 0;

        /// <summary>Goes on behind an item.</summary>
        public void Begin()
        {
            _items++;
            _item.Clear();
        }

        /// <summary>Takes a byte.</summary>
        /// <returns>The byte that ended an item; null when none ended.</returns>
        public byte? Take(byte value)
        {
            _at = value is (byte)'\n' ? (_at.Line + 1, 0) : (_at.Line, _at.Column + 1);
            if (IsClosed)
            {
                var isMore = !IsBehind && !IsSpaceOrMark(value);
                (IsBehind, _from) = isMore ? (true, _at) : (IsBehind, _from);
                return isMore ? value : null;
            }

            if (!_inText && _depth is 1 && (value is (byte)',' or (byte)']'))
            {
                _from = _item.IsBlank ? _at : _from;
                IsClosed = value is (byte)']';
                _depth = IsClosed ? 0 : 1;
                return value;
            }

            Follow(value);
            return null;
        }

        private void Follow(byte value)
        {
            var isInside = _depth > 0;
            if (_inText)
            {
                (_inText, _isEscaped) = (_isEscaped || value is not (byte)'"', !_isEscaped && value is (byte)'\\');
            }
            else
            {
                _inText = value is (byte)'"';
                _depth += value is (byte)'[' or (byte)'{' ? 1 : value is (byte)']' or (byte)'}' ? -1 : 0;
            }

            // The parser counts lines from the item's first byte, and so do places.
            if (isInside && !(_item.IsBlank && IsSpaceOrMark(value)))
            {
                _from = _item.IsBlank ? _at : _from;
                _one[0] = value;
                _item.Add(_one);
            }
        }
    }
}
