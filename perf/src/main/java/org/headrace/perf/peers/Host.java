package org.headrace.perf.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the machine says about itself and its load. */
final class Host
{
    private static final int AVERAGES = 3;

    private Host()
    {
    }

    /** @return load averages of 1, 5 and 15 minutes. */
    static List<String> load()
    {
        return List.of(text("/proc/loadavg").split(" ")).subList(0, AVERAGES);
    }

    /** @return versions of the programs that make load and of those that answer. */
    static Map<String, String> programs()
    {
        final Map<String, String> programs = new LinkedHashMap<>();
        programs.put("wrk", Programs.version("wrk", "-v"));
        programs.put("iperf3", Programs.version("iperf3", "--version"));
        programs.put("nginx (web servers)", Programs.version("nginx", "-v"));
        return programs;
    }

    private static String text(final String file)
    {
        try
        {
            return Files.readString(Path.of(file));
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }
}
