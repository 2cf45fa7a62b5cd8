using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace AngelSlim.Core.Reporting;

/// <summary>One curve of a <see cref="LineChart"/>.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Points">In order of x.</param>
internal sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Curves over steps as SVG.</summary>
internal static class LineChart
{
    private const double Width = 760;
    private const double Height = 340;

    /// <summary>Okabe and Ito's colours, told apart by colour-blind readers too.</summary>
    private static readonly OxyColor[] Colours = [OxyColor.FromRgb(0x00, 0x72, 0xB2), OxyColor.FromRgb(0xD5, 0x5E, 0x00), OxyColor.FromRgb(0x00, 0x9E, 0x73)];

    /// <summary>Draws the curves.</summary>
    /// <param name="x">What the horizontal axis counts.</param>
    /// <param name="y">What the vertical axis measures.</param>
    /// <param name="curves">At most three.</param>
    /// <returns>A whole SVG document; the same curves give the same bytes.</returns>
    public static string Svg(string x, string y, IReadOnlyList<Curve> curves)
    {
        var plot = new PlotModel { Background = OxyColors.White, PlotAreaBorderColor = OxyColors.Gray };
        plot.Axes.Add(Axis(AxisPosition.Bottom, x));
        plot.Axes.Add(Axis(AxisPosition.Left, y));
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop, LegendBackground = OxyColor.FromAColor(200, OxyColors.White) });
        foreach (var (curve, colour) in curves.Zip(Colours))
        {
            var line = new LineSeries { Title = curve.Name, Color = colour, StrokeThickness = 1.5 };
            line.Points.AddRange(curve.Points.Select(point => new DataPoint(point.X, point.Y)));
            plot.Series.Add(line);
        }

        return new SvgExporter { Width = Width, Height = Height }.ExportToString(plot);
    }

    private static LinearAxis Axis(AxisPosition position, string title) => new()
    {
        Position = position,
        Title = title,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = OxyColor.FromRgb(0xE5, 0xE5, 0xE5),
    };
}
