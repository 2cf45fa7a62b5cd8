using System.Runtime.CompilerServices;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>Merges of one word that wait for their turn: lowest rank first, the leftmost among equals.</summary>
/// <remarks>
/// A binary heap, as the framework's priority queue is; but that one's code for these types is compiled anew in each process, and
/// was a fifth of the time that the first words take.
/// </remarks>
internal sealed class MergeQueue
{
    private (long Order, int Id)[] _heap = new (long, int)[64];
    private int _count;

    /// <summary>Puts a merge in.</summary>
    /// <param name="rank">Its rank.</param>
    /// <param name="at">Index of the left symbol.</param>
    /// <param name="id">What the pair becomes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Push(int rank, int at, int id)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, _count * 2);
        }

        var (heap, place, order) = (_heap, _count++, ((long)rank << 32) | (uint)at);
        for (var parent = (place - 1) / 2; place > 0 && heap[parent].Order > order; parent = (place - 1) / 2)
        {
            heap[place] = heap[parent];
            place = parent;
        }

        heap[place] = (order, id);
    }

    /// <summary>Takes the next merge out; false if none waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryPop(out int at, out int id)
    {
        if (_count is 0)
        {
            (at, id) = (0, 0);
            return false;
        }

        var heap = _heap;
        (at, id) = ((int)heap[0].Order, heap[0].Id);
        var (place, last) = (0, heap[--_count]);
        for (var child = 1; child < _count; child = (place * 2) + 1)
        {
            child += child + 1 < _count && heap[child + 1].Order < heap[child].Order ? 1 : 0;
            if (heap[child].Order >= last.Order)
            {
                break;
            }

            heap[place] = heap[child];
            place = child;
        }

        heap[place] = last;
        return true;
    }
}
