package org.headrace.perf.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What figures were measured on and with. */
public final class Machine
{
    private static final double BUSY_LOAD = 1.6;

    private Machine()
    {
    }

    /** @return lines for the head of a report. */
    public static List<String> describe()
    {
        final List<String> lines = new ArrayList<>();
        lines.add("machine: " + field("/proc/cpuinfo", "model name") + ", " +
            Runtime.getRuntime().availableProcessors() + " CPUs, " + cacheSize() + " last-level cache, " +
            field("/proc/meminfo", "MemTotal") + " memory");
        lines.add("kernel: " + System.getProperty("os.name") + " " + kernel() +
            ", transparent huge pages " + text("/sys/kernel/mm/transparent_hugepage/enabled") + ", shared memory " +
            text("/sys/kernel/mm/transparent_hugepage/shmem_enabled"));
        lines.add("java: " + System.getProperty("java.vendor.version") + " " +
            System.getProperty("java.runtime.version"));
        lines.add("load of the machine at the end (1, 5, 15 minutes): " +
            text("/proc/loadavg").replaceAll(" \\d+/.*", ""));
        return lines;
    }

    /** @return version of the kernel, without what its builder has added to it. */
    public static String kernel()
    {
        return System.getProperty("os.version").replaceFirst("-.*", "");
    }

    /** @return true if more was ready to run in the last five minutes than a benchmark and its parent. */
    public static boolean isBusy()
    {
        return Double.parseDouble(text("/proc/loadavg").split(" ")[1]) > BUSY_LOAD;
    }

    private static String cacheSize()
    {
        String size = "unknown";
        for (int index = 0; Files.exists(cache(index)); index++)
        {
            size = text(cache(index).toString());
        }
        return size;
    }

    private static Path cache(final int index)
    {
        return Path.of("/sys/devices/system/cpu/cpu0/cache/index" + index + "/size");
    }

    private static String field(final String file, final String name)
    {
        return text(file).lines().filter(line -> line.startsWith(name)).findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).trim()).orElse("unknown");
    }

    private static String text(final String file)
    {
        try
        {
            return Files.readString(Path.of(file)).trim();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + file, ex);
        }
    }
}
