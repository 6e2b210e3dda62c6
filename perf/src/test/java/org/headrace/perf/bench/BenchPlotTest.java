package org.headrace.perf.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

class BenchPlotTest
{
    private static final int LINES = 10;

    @TempDir
    private Path directory;

    @Test
    void shouldDrawMoreLinesThanThereAreColours() throws IOException
    {
        final BenchPlot plot = new BenchPlot("title", "sizes", "costs");
        for (int line = 0; line < LINES; line++)
        {
            plot.series("line " + line, List.of(point(1_024, 10 + line), point(65_536, 20 + line)));
        }
        plot.write(directory.resolve("plot.svg"));

        assertThat(Files.readString(directory.resolve("plot.svg")))
            .contains("line 0").contains("line " + (LINES - 1));
    }

    private static BenchResult point(final int size, final double nanos)
    {
        return new BenchResult(
            new BenchCell("method", "operation", "series", size, new LinkedHashMap<>()), new double[]{nanos}, 0, 0);
    }
}
