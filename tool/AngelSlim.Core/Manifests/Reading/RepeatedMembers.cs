namespace AngelSlim.Core.Manifests.Reading;

/// <summary>Members that an object has twice: JSON allows them, no schema can speak of them, and every program takes another one.</summary>
internal static class RepeatedMembers
{
    /// <summary>The value with the first of each only.</summary>
    /// <param name="value">What was written.</param>
    /// <param name="findings">Takes a problem for each of the others.</param>
    public static LocatedValue TakenOut(LocatedValue value, ICollection<Finding> findings) => TakenOut(value, "", findings);

    private static LocatedValue TakenOut(LocatedValue value, string path, ICollection<Finding> findings) => value with
    {
        Items = [.. value.Items.Select((item, index) => TakenOut(item, $"{path}[{index}]", findings))],
        Members = Members(value, path, findings),
    };

    private static List<LocatedMember> Members(LocatedValue value, string path, ICollection<Finding> findings)
    {
        var firsts = new Dictionary<string, LocatedMember>(StringComparer.Ordinal);
        var members = new List<LocatedMember>();
        foreach (var member in value.Members)
        {
            var name = path.Length is 0 ? member.Name : $"{path}.{member.Name}";
            if (firsts.TryAdd(member.Name, member))
            {
                members.Add(member with { Value = TakenOut(member.Value, name, findings) });
            }
            else
            {
                findings.Add(new(name, new Problem(ProblemCode.DuplicateMember, $"{Shown.Quoted(name)} is given twice, first in line {firsts[member.Name].Place.Line}; keep one.", member.Place)));
            }
        }

        return members;
    }
}
