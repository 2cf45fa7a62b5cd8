using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>A conversation whose answers are to be written.</summary>
/// <param name="Key">Digest of what is asked, and of which of its like it is: tells it from every other row, wherever it stands.</param>
/// <param name="Source">As the user brought it.</param>
/// <param name="Turns">What is said before each answer, at least one message each.</param>
/// <param name="IsHeldout">It comes from a held-out file.</param>
internal sealed record AskedRow(UInt128 Key, Conversation Source, IReadOnlyList<IReadOnlyList<Message>> Turns, bool IsHeldout)
{
    /// <summary>The row's own name; its key where it has none.</summary>
    public string Name => Source.Id ?? KeyText;

    /// <summary>32 hexadecimal digits.</summary>
    public string KeyText => Text(Key);

    /// <summary>A key as text.</summary>
    public static string Text(UInt128 key) => key.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>What is drawn for the row depends on this alone, not on what is answered beside it or when.</summary>
    /// <param name="seed">Of the settings.</param>
    /// <returns>0 to 2147483647: every server takes that.</returns>
    public int Seed(int seed) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{KeyText}")))) >> 1);

    /// <summary>The row without its answers.</summary>
    /// <param name="conversation">As the user brought it.</param>
    /// <param name="isHeldout">It comes from a held-out file.</param>
    /// <param name="occurrence">Says how many rows asked the same before, by the digest of what is asked.</param>
    /// <exception cref="DataException">There is nothing to answer, or the old answers cannot be left out.</exception>
    public static AskedRow Of(Conversation conversation, bool isHeldout, Func<UInt128, int> occurrence)
    {
        if (conversation.Messages.FirstOrDefault(message => message.Role is "tool" or "function") is { } tool)
        {
            throw BadRow.At(conversation.Place, $"a message of role '{tool.Role}' belongs to an answer that is to be written anew, and would answer a call that nobody made");
        }

        var turns = Split(conversation.Messages);
        if (turns.Count is 0)
        {
            throw BadRow.At(conversation.Place, "there is no user message, so there is nothing to answer");
        }

        var asked = conversation with { Messages = [.. turns.SelectMany(turn => turn.Append(Message.Of("assistant", "")))] };
        var digest = UInt128.Parse(asked.Digest().AsSpan(0, 32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var key = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Text(digest)}\n{occurrence(digest)}")));
        return new(BinaryPrimitives.ReadUInt128BigEndian(key), conversation, turns, isHeldout);
    }

    /// <summary>Answers stand where answers stood, and behind the last question. One that nobody asked for is left out.</summary>
    private static List<IReadOnlyList<Message>> Split(IReadOnlyList<Message> messages)
    {
        var (turns, turn) = (new List<IReadOnlyList<Message>>(), new List<Message>());
        foreach (var message in messages.Append(Message.Of("assistant", "")))
        {
            if (!message.IsAnswer)
            {
                turn.Add(message);
            }
            else if (turn.Exists(said => said.Role is "user"))
            {
                turns.Add(turn);
                turn = [];
            }
        }

        return turns;
    }
}
