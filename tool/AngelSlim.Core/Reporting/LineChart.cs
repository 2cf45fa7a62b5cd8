using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace AngelSlim.Core.Reporting;

/// <summary>One curve of a <see cref="LineChart"/>.</summary>
/// <param name="Colour">One of <see cref="CurveColour"/>; what it stands for is said in the text beside the chart.</param>
/// <param name="Points">In order of x.</param>
internal sealed record Curve(CurveColour Colour, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Okabe and Ito's colours, told apart by colour-blind readers too.</summary>
internal enum CurveColour
{
    /// <summary>A pale blue, for what is noisy.</summary>
    Pale,

    /// <summary>Blue.</summary>
    Blue,

    /// <summary>Vermilion.</summary>
    Vermilion,
}

/// <summary>Curves over steps as SVG.</summary>
internal static class LineChart
{
    private const double Width = 760;
    private const double Height = 340;

    /// <summary>Draws the curves.</summary>
    /// <param name="x">What the horizontal axis counts.</param>
    /// <param name="y">What the vertical axis measures.</param>
    /// <param name="curves">Drawn one over the other. There is no legend: without a font at hand its texts cannot be measured.</param>
    /// <returns>A whole SVG document; the same curves give the same bytes.</returns>
    public static string Svg(string x, string y, IReadOnlyList<Curve> curves)
    {
        var plot = new PlotModel { Background = OxyColors.White, PlotAreaBorderColor = OxyColors.Gray };
        plot.Axes.Add(Axis(AxisPosition.Bottom, x));
        plot.Axes.Add(Axis(AxisPosition.Left, y));
        foreach (var curve in curves)
        {
            var line = new LineSeries { Color = Colour(curve.Colour), StrokeThickness = 1.5 };
            line.Points.AddRange(curve.Points.Select(point => new DataPoint(point.X, point.Y)));
            plot.Series.Add(line);
        }

        return new SvgExporter { Width = Width, Height = Height }.ExportToString(plot);
    }

    private static OxyColor Colour(CurveColour colour) => colour switch
    {
        CurveColour.Pale => OxyColor.FromRgb(0xB3, 0xD4, 0xE8),
        CurveColour.Blue => OxyColor.FromRgb(0x00, 0x72, 0xB2),
        _ => OxyColor.FromRgb(0xD5, 0x5E, 0x00),
    };

    private static LinearAxis Axis(AxisPosition position, string title) => new()
    {
        Position = position,
        Title = title,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = OxyColor.FromRgb(0xE5, 0xE5, 0xE5),
    };
}
