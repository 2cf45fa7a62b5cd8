using AngelSlim.Core.Text;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>A row while its answers are written, one after the other.</summary>
/// <param name="row">What is asked.</param>
internal sealed class OpenRow(AskedRow row)
{
    private readonly List<Answer> _answers = [];
    private readonly List<Message> _said = [.. row.Turns[0]];
    private bool _isShortened;

    /// <summary>What is asked.</summary>
    public AskedRow Row => row;

    /// <summary>The answers so far.</summary>
    public IReadOnlyList<Answer> Answers => _answers;

    /// <summary>Everything that was said before the next answer; all of it when there is none.</summary>
    public IReadOnlyList<Message> Said => _said;

    /// <summary>No answer is wanted any more.</summary>
    public bool IsDone => _isShortened || _answers.Count == row.Turns.Count;

    /// <summary>Takes the next answer; the questions behind it follow.</summary>
    public void Take(Answer answer)
    {
        _answers.Add(answer);
        _said.Add(Message.Of("assistant", answer.Text));
        if (_answers.Count < row.Turns.Count)
        {
            _said.AddRange(row.Turns[_answers.Count]);
        }
    }

    /// <summary>Ends the conversation behind its last answer: the rest has no room in the target.</summary>
    public void Shorten()
    {
        _said.RemoveRange(_said.Count - row.Turns[_answers.Count].Count, row.Turns[_answers.Count].Count);
        _isShortened = true;
    }
}
