using AngelSlim.Torch.Training;
using Xunit;

namespace AngelSlim.Torch.Tests.Training;

public sealed class A_training_curve : IDisposable
{
    private const string Header = "step,row,tokens,masked,counted_0,loss,loss_0,acc_0,grad_norm,lr\n";
    private const string Kept = Header + "1,a,9,5,5,2.5,2.5,0,1,0.1\n2,\"b,3\",9,5,5,2.5,2.5,0,1,0.1\n";
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("3,c,9,5,5,2.5,2.5,0,1,0.1\n4,d,9")]
    [InlineData("2,b,9,5")]
    public void Loses_no_line_of_a_checkpoint_however_often_it_is_killed(string behind)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "0")).FullName, "curve.csv");
        File.WriteAllText(path, Kept + behind);
        for (var kill = 1; kill <= 3; kill++)
        {
            using var curve = TrainingCurve.Open(Path.GetDirectoryName(path)!, unroll: 1, decay: 1, taken: 2);
            path = AsAKillLeaves(path, kill);

            Assert.Equal(Kept, File.ReadAllText(path));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("step,row,tok")]
    public void Begins_again_where_not_even_its_header_is_whole(string torn)
    {
        var path = Path.Combine(_folder, "curve.csv");
        File.WriteAllText(path, torn);
        TrainingCurve.Open(_folder, unroll: 1, decay: 1, taken: 0).Dispose();

        Assert.Equal(Header, File.ReadAllText(path));
    }

    /// <summary>What is on disk while the tables are open; the copy stands for a process that ends here.</summary>
    private string AsAKillLeaves(string path, int kill)
    {
        var copy = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, $"{kill}")).FullName, "curve.csv");
        File.Copy(path, copy);
        return copy;
    }
}
