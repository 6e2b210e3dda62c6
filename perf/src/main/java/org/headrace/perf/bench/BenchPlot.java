package org.headrace.perf.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A plot as SVG: size to the right, cost upwards, both logarithmic; a line through the medians, a bar from least to
 * most.
 */
public final class BenchPlot
{
    private static final int WIDTH = 800;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 220;
    private static final int TOP = 50;
    private static final int BOTTOM = 60;
    private static final String[] COLOURS = {
        "#0b6e4f", "#6fb98f", "#c1440e", "#3a5ba0", "#8a6d1d", "#7b3f8c", "#d08c9c", "#555555"};
    private static final double[] STEPS = {1, 2, 5};

    private record Series(String name, String colour, List<BenchResult> points)
    {
    }

    private final String title;
    private final String xTitle;
    private final String yTitle;
    private final List<Series> series = new ArrayList<>();
    private final StringBuilder svg = new StringBuilder();
    private int colour;
    private double xMin;
    private double xMax;
    private double yMin;
    private double yMax;

    /** @param title of the plot. @param xTitle of sizes. @param yTitle of costs. */
    public BenchPlot(final String title, final String xTitle, final String yTitle)
    {
        this.title = title;
        this.xTitle = xTitle;
        this.yTitle = yTitle;
    }

    /** @param name of the line; the ninth has the first one's colour. @param points of it; none: there is no line. */
    public void series(final String name, final List<BenchResult> points)
    {
        final String own = COLOURS[colour++ % COLOURS.length];
        if (!points.isEmpty())
        {
            series.add(new Series(name, own, points.stream()
                .sorted((a, b) -> Integer.compare(a.cell().size(), b.cell().size())).toList()));
        }
    }

    /** @param file to be written. @throws IOException if that fails. */
    public void write(final Path file) throws IOException
    {
        final List<BenchResult> all = series.stream().flatMap(line -> line.points().stream()).toList();
        if (all.isEmpty())
        {
            return;
        }
        xMin = all.stream().mapToDouble(point -> point.cell().size()).min().orElseThrow() / 1.5;
        xMax = all.stream().mapToDouble(point -> point.cell().size()).max().orElseThrow() * 1.5;
        yMin = all.stream().mapToDouble(BenchResult::min).min().orElseThrow() / 1.3;
        yMax = all.stream().mapToDouble(BenchResult::max).max().orElseThrow() * 1.3;
        svg.append(String.format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" " +
            "font-family=\"sans-serif\" font-size=\"13\">%n", WIDTH, HEIGHT));
        svg.append(String.format("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n", WIDTH, HEIGHT));
        text(LEFT, 26, "start", "16", title);
        drawAxes(all);
        for (int i = 0; i < series.size(); i++)
        {
            draw(series.get(i), TOP + 20 + i * 22);
        }
        svg.append("</svg>\n");
        Files.writeString(file, svg.toString());
    }

    private void drawAxes(final List<BenchResult> all)
    {
        final int bottom = HEIGHT - BOTTOM;
        final int right = WIDTH - RIGHT;
        for (double decade = Math.pow(10, Math.floor(Math.log10(yMin))); decade < yMax; decade *= 10)
        {
            for (final double step : STEPS)
            {
                final double value = decade * step;
                if (value > yMin && value < yMax)
                {
                    line(LEFT, y(value), right, y(value), "#dddddd", 1);
                    text(LEFT - 8, y(value) + 4, "end", "13", String.format(Locale.ROOT, "%.0f", value));
                }
            }
        }
        all.stream().map(point -> point.cell().size()).distinct().sorted().forEach(size ->
        {
            line(x(size), bottom, x(size), bottom + 5, "#444444", 1);
            text(x(size), bottom + 20, "middle", "13", BenchCell.size(size));
        });
        line(LEFT, bottom, right, bottom, "#444444", 1);
        line(LEFT, TOP, LEFT, bottom, "#444444", 1);
        text((LEFT + right) / 2.0, bottom + 44, "middle", "13", xTitle);
        svg.append(String.format(Locale.ROOT, "<text transform=\"translate(20 %d) rotate(-90)\" " +
            "text-anchor=\"middle\">%s</text>%n", (TOP + bottom) / 2, yTitle));
    }

    private void draw(final Series line, final int legendY)
    {
        final StringBuilder path = new StringBuilder();
        for (final BenchResult point : line.points())
        {
            final double x = x(point.cell().size());
            path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y(point.median())));
            line(x, y(point.min()), x, y(point.max()), line.colour(), 4);
            svg.append(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" fill=\"%s\"/>%n", x,
                y(point.median()), line.colour()));
        }
        svg.append(String.format("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
            path.toString().trim(), line.colour()));
        final int legendX = WIDTH - RIGHT + 20;
        line(legendX, legendY - 4, legendX + 22, legendY - 4, line.colour(), 3);
        text(legendX + 30, legendY, "start", "13", line.name());
    }

    private void line(
        final double x1, final double y1, final double x2, final double y2, final String stroke, final int width)
    {
        final String opacity = width == 4 ? " stroke-opacity=\"0.35\"" : "";
        svg.append(String.format(Locale.ROOT, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" " +
            "stroke-width=\"%d\"%s/>%n", x1, y1, x2, y2, stroke, width, opacity));
    }

    private void text(final double x, final double y, final String anchor, final String size, final String content)
    {
        svg.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%s\">%s" +
            "</text>%n", x, y, anchor, size, content));
    }

    private double x(final double value)
    {
        return LEFT + (WIDTH - RIGHT - LEFT) * Math.log(value / xMin) / Math.log(xMax / xMin);
    }

    private double y(final double value)
    {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * Math.log(value / yMin) / Math.log(yMax / yMin);
    }
}
