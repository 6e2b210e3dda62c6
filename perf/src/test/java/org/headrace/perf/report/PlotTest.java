package org.headrace.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import javax.imageio.ImageIO;

class PlotTest
{
    private static final Spread SPREAD = Spread.of(List.of(Sample.of(2), Sample.of(3), Sample.of(4)));

    @Test
    void shouldFindRoundMarksForAnyAxis()
    {
        assertThat(Scale.upTo(4.2)).isEqualTo(new Scale(5, 1));
        assertThat(Scale.upTo(63_000)).isEqualTo(new Scale(80_000, 20_000));
        assertThat(Scale.upTo(0.31).text(0.1)).isEqualTo("0.1");
        assertThat(Scale.upTo(0.12).text(0.02)).isEqualTo("0.02");
        assertThat(Scale.upTo(63_000).text(20_000)).isEqualTo("20,000");
    }

    @Test
    void shouldEscapeWhatStandsInAPlot()
    {
        final BarPlot plot = new BarPlot("a < b & \"c\"", "unit");
        plot.group("<group>").bar("<label>", SPREAD, "</svg>", 0);

        assertThat(plot.svg()).contains("a &lt; b &amp; &quot;c&quot;", "&lt;group&gt;", "&lt;label&gt;",
            "&lt;/svg&gt;").containsOnlyOnce("</svg>");
    }

    @Test
    void shouldShowABarsMedianAndItsWhisker()
    {
        final BarPlot plot = new BarPlot("title", "unit");
        plot.group("").bar("one", SPREAD, "3", 0);
        plot.bar("missing", null, "missing", 1);

        assertThat(plot.isEmpty()).isFalse();
        assertThat(plot.svg()).containsOnlyOnce("<rect ").contains(">missing</text>");
    }

    @Test
    void shouldBeEmptyIfNothingHasALength()
    {
        final BarPlot plot = new BarPlot("title", "unit");
        plot.group("").bar("missing", null, "missing", 1);

        assertThat(plot.isEmpty()).isTrue();
    }

    @Test
    void shouldDrawNoLineWithoutPoints()
    {
        final LinePlot plot = new LinePlot("title", "x", "y");
        plot.line("nobody", 0, new TreeMap<>(), new TreeMap<>());

        assertThat(plot.isEmpty()).isTrue();
    }

    @Test
    void shouldDrawEachPointOfALineAndThoseBesideIt()
    {
        final LinePlot plot = new LinePlot("title", "x", "y");
        final TreeMap<Double, Spread> points = new TreeMap<>();
        points.put(1.0, SPREAD);
        points.put(2.0, SPREAD);
        final TreeMap<Double, Spread> alone = new TreeMap<>();
        alone.put(1.5, SPREAD);
        plot.line("one", 0, points, alone);

        assertThat(plot.svg().split("<circle ", -1)).hasSize(4);
    }

    @Test
    void shouldHaveAColourForEveryInkOnLightAndOnDark()
    {
        for (final Canvas.Ink ink : Canvas.Ink.values())
        {
            assertThat(Palette.LIGHT.css()).contains("." + SvgCanvas.fill(ink) + "{", "." + SvgCanvas.stroke(ink));
            assertThat(Palette.DARK.rgb(ink)).isNotEqualTo(Palette.LIGHT.rgb(ink));
        }
    }

    @Test
    void shouldWriteAPicture(@TempDir final Path directory) throws IOException
    {
        final BarPlot plot = new BarPlot("Headrace, µs ≤ 1.45×", "unit");
        plot.group("group", 3).bar("one", SPREAD, "3", 0);
        final Path file = directory.resolve("plot.png");

        plot.writePng(file);

        assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(2 * Plot.WIDTH);
    }
}
