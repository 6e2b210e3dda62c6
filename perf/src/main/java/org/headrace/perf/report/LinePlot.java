package org.headrace.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Lines through medians over a numeric axis, with whiskers from least to most. Both axes begin with 0. */
public final class LinePlot extends Plot
{
    private static final int LEFT = 70;
    private static final int RIGHT = 250;
    private static final int TOP = 62;
    private static final int BOTTOM = 58;
    private static final int HEIGHT = 420;
    private static final int LEGEND_STEP = 22;

    private record Line(String name, int colour, SortedMap<Double, Spread> points, SortedMap<Double, Spread> alone)
    {
    }

    private final String xTitle;
    private final String yTitle;
    private final List<Line> lines = new ArrayList<>();

    /** @param title of the plot. @param xTitle of the axis to the right. @param yTitle of the axis upwards. */
    public LinePlot(final String title, final String xTitle, final String yTitle)
    {
        super(title);
        this.xTitle = xTitle;
        this.yTitle = yTitle;
    }

    /**
     * @param name   of the line.
     * @param colour index in the palette.
     * @param points of it; without any: no line.
     * @param alone  points of the same colour that the line does not lead to, drawn larger.
     */
    public void line(
        final String name,
        final int colour,
        final SortedMap<Double, Spread> points,
        final SortedMap<Double, Spread> alone)
    {
        if (!points.isEmpty())
        {
            lines.add(new Line(name, colour, new TreeMap<>(points), new TreeMap<>(alone)));
        }
    }

    /** @return true if there is no line. */
    public boolean isEmpty()
    {
        return lines.isEmpty();
    }

    @Override
    int height()
    {
        return HEIGHT;
    }

    @Override
    void draw(final Canvas canvas)
    {
        canvas.text(8, 24, Canvas.Anchor.START, 17, Canvas.Ink.TEXT, title());
        canvas.text(8, 44, Canvas.Anchor.START, 13, Canvas.Ink.FAINT, yTitle);
        final Scale xScale = Scale.upTo(all().mapToDouble(Map.Entry::getKey).max().orElse(1));
        final Scale yScale = Scale.upTo(all().mapToDouble(point -> point.getValue().most()).max().orElse(1));
        drawAxes(canvas, xScale, yScale);
        for (int i = 0; i < lines.size(); i++)
        {
            draw(canvas, xScale, yScale, lines.get(i), TOP + 14 + i * LEGEND_STEP);
        }
    }

    private Stream<Map.Entry<Double, Spread>> all()
    {
        return lines.stream().flatMap(line ->
            Stream.concat(line.points().entrySet().stream(), line.alone().entrySet().stream()));
    }

    private void drawAxes(final Canvas canvas, final Scale xScale, final Scale yScale)
    {
        final int bottom = HEIGHT - BOTTOM;
        for (int mark = 0; mark <= yScale.marks(); mark++)
        {
            final double y = y(yScale, mark * yScale.step());
            canvas.line(LEFT, y, WIDTH - RIGHT, y, Canvas.Ink.GRID, 1);
            canvas.text(LEFT - 8, y + 4, Canvas.Anchor.END, 12, Canvas.Ink.FAINT, yScale.text(mark * yScale.step()));
        }
        for (int mark = 0; mark <= xScale.marks(); mark++)
        {
            final double x = x(xScale, mark * xScale.step());
            canvas.line(x, bottom, x, bottom + 5, Canvas.Ink.FAINT, 1);
            canvas.text(x, bottom + 19, Canvas.Anchor.MIDDLE, 12, Canvas.Ink.FAINT,
                xScale.text(mark * xScale.step()));
        }
        canvas.text((LEFT + WIDTH - RIGHT) / 2.0, bottom + 42, Canvas.Anchor.MIDDLE, 13, Canvas.Ink.FAINT, xTitle);
    }

    private static void draw(
        final Canvas canvas, final Scale xScale, final Scale yScale, final Line line, final double legendY)
    {
        final Canvas.Ink ink = Canvas.Ink.series(line.colour());
        double previousX = Double.NaN;
        double previousY = Double.NaN;
        for (final var point : line.points().entrySet())
        {
            final double x = x(xScale, point.getKey());
            final double y = y(yScale, point.getValue().median());
            if (!Double.isNaN(previousX))
            {
                canvas.line(previousX, previousY, x, y, ink, 2);
            }
            draw(canvas, xScale, yScale, point, ink, 4);
            previousX = x;
            previousY = y;
        }
        line.alone().entrySet().forEach(point -> draw(canvas, xScale, yScale, point, ink, 7));
        final double legendX = WIDTH - RIGHT + 18;
        canvas.line(legendX, legendY - 4, legendX + 22, legendY - 4, ink, 3);
        canvas.text(legendX + 30, legendY, Canvas.Anchor.START, 13, Canvas.Ink.TEXT, line.name());
    }

    private static void draw(
        final Canvas canvas,
        final Scale xScale,
        final Scale yScale,
        final Map.Entry<Double, Spread> point,
        final Canvas.Ink ink,
        final double radius)
    {
        final double x = x(xScale, point.getKey());
        canvas.line(x, y(yScale, point.getValue().least()), x, y(yScale, point.getValue().most()), ink, 1.5);
        canvas.dot(x, y(yScale, point.getValue().median()), radius, ink);
    }

    private static double x(final Scale scale, final double value)
    {
        return LEFT + (WIDTH - LEFT - RIGHT) * value / scale.top();
    }

    private static double y(final Scale scale, final double value)
    {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / scale.top();
    }
}
